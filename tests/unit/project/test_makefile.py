"""The Makefile's commands: a rule that is there twice takes the place of another silently."""

import re
from collections import Counter

from config import ROOT

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def test_each_command_is_declared_has_one_rule_and_says_what_it_does() -> None:
    (declared,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, flags=re.MULTILINE)
    ruled = re.findall(r"^([a-z][a-zA-Z-]*):(?!=).* ## \S", MAKEFILE, flags=re.MULTILINE)
    assert Counter(declared.split()) == Counter(ruled)


def test_each_setting_is_given_once_and_bears_its_own_name() -> None:
    set_here = re.findall(r"^(\S+) [?:]?= ", MAKEFILE, flags=re.MULTILINE)
    assert len(set(set_here)) == len(set_here)
    assert all(re.fullmatch(r"\.?[A-Z_]+", name) for name in set_here)

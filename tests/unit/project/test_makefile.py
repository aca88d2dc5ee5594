"""The Makefile's commands: a rule that is there twice takes the place of another silently."""

import re
import subprocess
from collections import Counter
from functools import partial
from itertools import product

from _pytest.mark.expression import Expression

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


def test_make_test_runs_each_test_once_whatever_it_is_marked_with() -> None:
    """It is made of stages, two of them beside each other: what none asks for is never run."""
    told = subprocess.check_output(["make", "-n", "test"], cwd=ROOT, text=True, timeout=60)
    asked = re.findall(r"-m pytest.* -m (\"[^\"]*\"|\w+)", told)
    stages = [Expression.compile(one.strip('"')) for one in asked]
    assert len(stages) == 3, told
    for marks in product(("browser", ""), ("slow", ""), ("alone", "")):
        runs = [stage.evaluate(partial(_has, marks)) for stage in stages]
        assert runs.count(True) == 1, (marks, told)


def _has(marks: tuple[str, ...], name: str, /, **_: str | int | bool | None) -> bool:
    return name in marks

"""docs/design.md, "What is kept": every kind of key in Redis is said to come back, or why not."""

import re
from collections import Counter
from typing import Final

from config import ROOT
from face_rec.stores.backup import backup_records

_HEAD: Final = "| keys in Redis | what comes back | how, and why the rest need not |"
_KEY: Final = re.compile(r'f"([a-z-]+):\{\{\{')
"""How a module of keys writes one: its kind, then the hash tag."""
_BEGINS: Final = re.compile(r"\(([a-z|-]+)\):|([a-z-]+):")


def _rows() -> list[list[str]]:
    text = (ROOT / "docs" / "design.md").read_text("utf-8")
    table = text.split(_HEAD)[1].split("\n\n")[0]
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def _named() -> Counter[str]:
    return Counter(name for row in _rows() for name in re.findall(r"`([a-z-]+)`", row[0]))


def _written() -> set[str]:
    """What the sources write."""
    modules = (ROOT / "face_rec").rglob("*.py")
    return {kind for path in modules for kind in _KEY.findall(path.read_text("utf-8"))}


def _of_backups() -> set[str]:
    """What a backup holds or leaves out."""
    found: set[str] = set()
    for shape in (*backup_records._HELD, *backup_records._LEFT_OUT):
        begins = _BEGINS.match(shape)
        assert begins is not None, shape
        found.update((begins[1] or begins[2]).split("|"))
    return found


def test_every_kind_of_key_is_said_to_be_kept_or_why_it_is_not() -> None:
    assert {"access", "invited", "notices"} <= _written() <= set(_named())
    assert set(_named()) == _of_backups()


def test_each_is_said_once_and_with_a_reason() -> None:
    assert max(_named().values()) == 1
    assert all(len(row) == 3 and all(row) for row in _rows())

"""docs/security.md: every item of OWASP ASVS 5.0 levels 1 and 2, and every test that it names."""

import re
from collections import Counter

import pytest

import config
from face_rec.access.limits import pace
from face_rec.access.limits.attempts import in_words
from face_rec.access.limits.pace import Pace

TEXT = (config.ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| (yes|partly|no|n/a|setting|operator) \| (.+) \|$"
)
ROWS = [found.groups() for line in TEXT.splitlines() if (found := ROW.match(line))]
LAST = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 11, "6.3": 3, "6.4": 4, "6.5": 5,
    "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2,
    "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11,
    "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1,
    "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5,
    "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
"""The last item of levels 1 and 2 in each section; within one they come before level 3."""
PACES = {
    "of one network, at one account": pace.ONE_NETWORK,
    "of all strangers together, at one account": pace.ALL_STRANGERS,
    "of a known browser, at its account": pace.KNOWN_BROWSER,
    "of one network, at whatever accounts": pace.ANY_ACCOUNT,
    "of somebody signed in, at their own password": pace.OWN_PASSWORD,
}


def paces() -> list[str]:
    """The rows of the table of waits."""

    def row(what: str, of: Pace) -> str:
        return f"| {what} | {of.free} | {in_words(of.first)} | {in_words(of.longest)} |"

    return [row(what, of) for what, of in PACES.items()]


def test_every_item_of_levels_1_and_2_has_one_row() -> None:
    wanted = {f"{section}.{n}" for section, last in LAST.items() for n in range(1, last + 1)}
    counted = Counter(item for item, *_ in ROWS)
    assert set(counted) == wanted
    assert set(counted.values()) == {1}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_row_gives_a_test_that_exists_or_a_reason(row: tuple[str, str, str, str]) -> None:
    _, _, held, why = row
    named = [name for name in re.findall(r"`([a-z][a-z0-9_]+)`", why) if name.count("_") > 2]
    for name in named:
        assert name in TESTS, f"there is no test_{name}"
    for section in re.findall(r"below: \*([^*]+)\*", why):
        assert f"\n## {section}\n" in TEXT
    for other in re.findall(r"(?<![\d.])\d+\.\d+\.\d+(?![\d.])", why):
        assert other in {item for item, *_ in ROWS}
    reason = re.sub(r"`[^`]*`[,;]?", "", why).split()
    assert named or len(reason) > 1
    assert held not in {"partly", "no"} or len(reason) > 4 or reason[0] == "as"


def test_the_waits_are_those_in_force() -> None:
    for row in paces():
        assert row in TEXT.splitlines()


def _tests() -> set[str]:
    files = (config.ROOT / "tests").rglob("test_*.py")
    named = re.compile(r"^(?:async )?def test_(\w+)", re.MULTILINE)
    return {name for path in files for name in named.findall(path.read_text(encoding="utf-8"))}


TESTS = _tests()

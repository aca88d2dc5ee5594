"""What is installed is what the lock files name, and the lists for people agree with them."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from config import ROOT

APP, TESTS = ROOT / "requirements.lock", ROOT / "tests" / "requirements.lock"
RELEASE = ROOT / ".github" / "scripts" / "requirements.lock"
NAME = re.compile(r"[-_.]+")


def _plain(name: str) -> str:
    return NAME.sub("-", name).lower()


def _entries(lock: Path) -> list[tuple[Requirement, list[str]]]:
    """Each locked package with the hashes that its files may have."""
    text = re.sub(r"^#.*\n", "", lock.read_text("utf-8"), flags=re.MULTILINE)
    joined = text.replace("\\\n", " ")
    found = []
    for line in filter(None, (line.strip() for line in joined.splitlines())):
        requirement, *hashes = re.split(r"\s+--hash=", line)
        found.append((Requirement(requirement), hashes))
    return found


def _locked(lock: Path) -> dict[str, set[Version]]:
    versions: dict[str, set[Version]] = {}
    for entry, _ in _entries(lock):
        (pin,) = entry.specifier
        versions.setdefault(_plain(entry.name), set()).add(Version(pin.version))
    return versions


def _app_list() -> list[Requirement]:
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def _group(name: str) -> list[Requirement]:
    written = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return [Requirement(line) for line in written["dependency-groups"][name]]


@pytest.mark.parametrize("lock", [APP, TESTS, RELEASE], ids=["app", "tests", "release"])
def test_every_package_is_pinned_and_has_hashes(lock: Path) -> None:
    entries = _entries(lock)
    assert len(entries) > 20
    for entry, hashes in entries:
        assert [pin.operator for pin in entry.specifier] == ["=="], entry
        assert hashes, entry
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), entry


@pytest.mark.parametrize(
    ("listed", "lock"),
    [(_app_list(), APP), (_group("test"), TESTS), (_group("release"), RELEASE)],
    ids=["app", "tests", "release"],
)
def test_the_lock_holds_what_the_list_allows(listed: list[Requirement], lock: Path) -> None:
    versions = _locked(lock)
    for wanted in listed:
        assert _plain(wanted.name) in versions, f"{wanted} is not locked: run make lock"
        for version in versions[_plain(wanted.name)]:
            fits = wanted.specifier.contains(version, prereleases=True)
            assert fits, f"{wanted} against {version}: run make lock"


def test_both_locks_name_the_same_version_of_what_both_need() -> None:
    app, tests = _locked(APP), _locked(TESTS)
    assert {name: tests[name] for name in app.keys() & tests.keys()} == {
        name: app[name] for name in app.keys() & tests.keys()
    }


def test_what_installs_takes_the_lock_and_checks_hashes() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    installer = (ROOT / "deploy" / "install.sh").read_text("utf-8")
    for text in (makefile, installer):
        assert "--require-hashes" in text
        assert "requirements.lock" in text
    assert "pip install -r requirements.txt" not in (ROOT / "README.md").read_text("utf-8")


def test_the_locks_name_no_server() -> None:
    for lock in (APP, TESTS, RELEASE):
        assert "://" not in lock.read_text("utf-8")


@pytest.mark.parametrize("lock", [APP, TESTS], ids=["app", "tests"])
def test_an_extra_that_a_locked_package_asks_for_is_locked_with_it(lock: Path) -> None:
    """Pip 23, which comes with Python 3.11, looks for ``coverage[toml]`` beyond a pinned
    ``coverage``: as soon as there is a newer one nothing can be installed any more."""
    locked = {_plain(entry.name): entry.extras for entry, _ in _entries(lock)}
    asked = [wanted for name in locked for wanted in _asked(name, locked[name])]
    assert len(asked) > 50
    for wanted in asked:
        had = locked.get(_plain(wanted.name), wanted.extras)  # none: of the other lock
        assert wanted.extras <= had, f"{wanted}: run make lock"


def test_no_package_of_the_tests_has_the_grammar_that_costs_every_process_a_second() -> None:
    """jsonschema, and so altair and all pages, compile it where it is there."""
    assert "rfc3987-syntax" not in _locked(TESTS) | _locked(APP)


def _asked(name: str, extras: set[str]) -> list[Requirement]:
    """What the package asks for here, with ``extras``; nothing where it is for other machines."""
    try:
        lines = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []
    return [
        one
        for one in map(Requirement, lines)
        if one.marker is None or any(one.marker.evaluate({"extra": e}) for e in extras | {""})
    ]

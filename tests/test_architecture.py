"""The import diagram of the house, enforced.

``app.py, config.py's readers`` on the left may import what stands to the right of them;
modules at one level do not import each other's packages.
"""

import ast
import dataclasses
import graphlib
import importlib
import inspect
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from enum import Enum
from pathlib import Path

import pytest

from face_rec.protocols.people_store import PeopleWriter
from face_rec.stores.people.people_reader import RedisPeopleReader
from tests.sources import ROOT, imports_of, in_pages, module_of, of_each, parsed_if, sources

LEVELS: list[set[str]] = [
    {"face_rec.__main__"},
    {"app"},
    {"pages", "face_rec.cli"},
    {"face_rec.assembly"},
    {"face_rec.facades"},
    {"face_rec.archive"},
    {"face_rec.web", "face_rec.models", "face_rec.stores", "face_rec.demo"},
    {"face_rec.visitors"},
    {"face_rec.strangers", "face_rec.invitations", "face_rec.badges", "face_rec.mobile"},
    {"face_rec.notices", "face_rec.cameras", "face_rec.requests", "face_rec.calendars"},
    {
        "face_rec.journey",
        "face_rec.people",
        "face_rec.attendance",
        "face_rec.access",
        "face_rec.privacy",
    },
    {"face_rec.kiosks"},
    {"face_rec.protocols"},
    {
        "face_rec.site_options",
        "face_rec.spare_memory",
        "face_rec.timekeeping",
        "face_rec.warm_up",
    },
    {"face_rec.option_values"},
    {"face_rec.background", "face_rec.settings", "face_rec.zip_directory"},
    {
        "face_rec.files",
        "face_rec.formulas",
        "face_rec.lettering",
        "face_rec.retry",
        "face_rec.sockets",
    },
    {"face_rec.domain", "face_rec.clock", "face_rec.log", "face_rec.terminal"},
    {"face_rec.languages"},
]
PARTS = {part: level for level, parts in enumerate(LEVELS) for part in parts}
FREE = {"face_rec", "face_rec.preflight"}  # the map, and the check before anything is installed

ONLY_IN: dict[str, set[str]] = {
    "config": {"app", "face_rec.assembly", "face_rec.cli", "face_rec.__main__"},
    "pydantic_settings": {"face_rec.settings"},
    "redis": {"face_rec.stores"},
    "sqlalchemy": {"face_rec.archive"},
    "psycopg": {"face_rec.archive"},
    "alembic": {"face_rec.archive"},
    "msgspec": {"face_rec.stores"},
    "boto3": {"face_rec.stores"},
    "botocore": {"face_rec.stores"},
    "apprise": {"face_rec.notices"},
    "av": {"face_rec.cameras", "pages"},
    "icalendar": {"face_rec.calendars"},
    "httpcore": {"face_rec.notices"},
    "insightface": {"face_rec.models"},
    "onnxruntime": {"face_rec.models"},
    "pyarrow": {"face_rec.attendance", "face_rec.archive"},
    "sklearn": {"face_rec.strangers"},
    "babel": {"face_rec.languages"},
    "streamlit": {"app", "pages"},
    "streamlit_webrtc": {"pages"},
}


def _part(module: str) -> str | None:
    """The part of the diagram that ``module`` belongs to, e.g. face_rec.stores."""
    package, *inside = module.split(".")
    name = ".".join([package, *inside[:1]]) if package == "face_rec" else package
    return name if name in PARTS or name in FREE else None


@of_each(sources())
def test_every_module_has_a_place_in_the_diagram(path: Path) -> None:
    assert _part(module_of(path)) is not None, f"{module_of(path)} stands nowhere in LEVELS"


def _short(part: str) -> str:
    return {"app": "app.py", "face_rec.cli": "face_rec/cli"}.get(part, part.split(".")[-1])


def test_who_contributes_reads_the_diagram_as_it_is() -> None:
    block = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("```\napp.py")[1]
    shown = " ".join(("app.py" + block.split("```")[0]).split()).split(" → ")
    parts = [{_short(part) for part in level} for level in LEVELS[1:]]  # __main__ starts commands
    assert [set(level.split(", ")) for level in shown] == parts


def test_the_map_names_every_part() -> None:
    told = (ROOT / "face_rec" / "__init__.py").read_text(encoding="utf-8")
    folders = {path.parent.name for path in (ROOT / "face_rec").glob("*/__init__.py")} - {
        "journey"
    }
    assert not [name for name in sorted(folders) if f"``{name}``" not in told]


@of_each(sources())
def test_imports_run_one_way_only(path: Path) -> None:
    me = _part(module_of(path))
    for name in imports_of(path):
        other = _part(name)
        if other is None or me is None or other == me or other in FREE or me in FREE:
            continue
        assert PARTS[me] < PARTS[other], f"{module_of(path)} must not import {name}"


@of_each(sources())
def test_outside_libraries_stay_in_the_part_that_wraps_them(path: Path) -> None:
    me = _part(module_of(path))
    for name in imports_of(path):
        allowed = ONLY_IN.get(name.split(".")[0])
        assert allowed is None or me in allowed, f"{module_of(path)} must not import {name}"


# --- folders ----------------------------------------------------------------------------------


def _needs(sources: Mapping[str, tuple[str, Set[str]]]) -> dict[str, set[str]]:
    """By folder, the other folders that its modules import from. ``sources``: by module, its
    folder and what it imports."""
    needs: dict[str, set[str]] = {}
    for folder, imports in sources.values():
        others = {sources[name][0] for name in imports & sources.keys()}
        needs.setdefault(folder, set()).update(others - {folder})
    return needs


def _in_circles(needs: Mapping[str, set[str]]) -> set[str]:
    """The folders that need themselves by way of others."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            found = needs.get(waiting.pop(), set()) - seen
            seen |= found
            waiting += found
        return seen

    return {folder for folder in needs if folder in reached(folder)}


def test_no_two_folders_need_each_other() -> None:
    folders = {
        module_of(path): (".".join(path.relative_to(ROOT).parent.parts), imports_of(path))
        for path in sources()
        if path.name != "__init__.py"
    }
    circles = _in_circles(_needs(folders))
    assert not circles, f"these folders need each other: {', '.join(sorted(circles))}"


def test_no_two_modules_need_each_other() -> None:
    """But for the system and what installs its façades."""
    needs = {module_of(path): imports_of(path) for path in sources()}
    for facades in ("page_facades", "people_facades"):
        needs[f"face_rec.assembly.{facades}"] -= {"face_rec.assembly.system"}
    known = needs.keys() - {module_of(path) for path in sources() if path.stem == "__init__"}
    graphlib.TopologicalSorter({one: needs[one] & known - {one} for one in known}).prepare()


def test_folders_that_need_each_other_are_noticed() -> None:
    sources = {"a.x": ("a", {"b.y"}), "b.y": ("b", {"c.z"}), "c.z": ("c", {"a.x"})}
    assert _in_circles(_needs(sources)) == {"a", "b", "c"}
    assert not _in_circles(_needs({**sources, "c.z": ("c", {"json"})}))


MOST_MODULES = 15
"""Of a folder; of more nobody keeps in mind what is there. Not of ``pages``, which Streamlit wants
in one folder: a page each."""


def _crowded(files: Iterable[Path]) -> dict[Path, int]:
    """The folders in which there are too many of ``files``, and how many."""
    held = Counter(path.parent for path in files if path.name != "__init__.py")
    return {folder: count for folder, count in held.items() if count > MOST_MODULES}


def test_no_folder_holds_more_modules_than_one_keeps_in_mind() -> None:
    crowded = _crowded(path for path in sources() if path.parent != ROOT / "pages")
    assert not crowded, f"tell these apart by subject, in folders: {crowded}"


def test_a_crowded_folder_is_noticed() -> None:
    full = [Path("a", f"{one}.py") for one in ("__init__", *range(MOST_MODULES))]
    below = Path("a", "b", "one_more.py")
    assert not _crowded([*full, below])
    assert _crowded([*full, below, Path("a", "one_more.py")]) == {Path("a"): MOST_MODULES + 1}


def test_every_folder_is_a_package_that_git_keeps() -> None:
    """What ``.gitignore`` names is there for who wrote it, and for nobody else."""
    ours = {path.parent for path in sources() if path.parent not in {ROOT, ROOT / "pages"}}
    lacking = [str(folder) for folder in sorted(ours) if not (folder / "__init__.py").is_file()]
    assert not lacking, f"these have no __init__.py, or git leaves it out: {lacking}"
    ignored = (ROOT / ".gitignore").read_text("utf-8").split()
    hidden = [str(folder) for folder in sorted(ours) if f"{folder.name}/" in ignored]
    assert not hidden, f".gitignore names these: {hidden}"


# --- names ------------------------------------------------------------------------------------

MOST_OF_A_NAME = 3
"""Modules that may have one name: of more nobody knows which one a name means."""
METAPHORS = {
    "book", "desk", "door", "heart", "inquiry", "judgement", "ledger", "reckoning", "shelf",
    "staff", "trail", "whole",
}  # fmt: skip
"""What only the author of a module knows the meaning of: it stands in no name of one."""
LEDGERS = {"face_rec.stores.chain.ledger"}
"""Linked lists with a digest of each entry are called so in the field."""


def _names_taken(files: Iterable[Path]) -> dict[str, int]:
    """Names that too many of ``files`` have, and how many."""
    held = Counter(path.stem for path in files if path.name != "__init__.py")
    return {name: count for name, count in held.items() if count > MOST_OF_A_NAME}


def test_no_four_modules_have_one_name() -> None:
    taken = _names_taken(sources())
    assert not taken, f"say of what each one is, as badge_service does: {taken}"


def test_a_name_that_is_taken_is_noticed() -> None:
    four = [Path(folder, "desk.py") for folder in "abcd"]
    assert _names_taken(four) == {"desk": 4}
    assert not _names_taken(four[1:])


@of_each(sources())
def test_a_module_is_named_in_plain_words_or_terms_of_the_field(path: Path) -> None:
    found = METAPHORS & set(path.stem.split("_"))
    assert not found or module_of(path) in LEDGERS, f"its name says {found}"


LONGEST = 300
"""Lines of a module: what is longer holds more than one noun."""


@of_each(sources())
def test_a_module_is_read_in_one_sitting(path: Path) -> None:
    length = len(path.read_text(encoding="utf-8").splitlines())
    assert length <= LONGEST, f"it has {length} lines"


# --- composition ------------------------------------------------------------------------------

_PUT_TOGETHER_IN_ASSEMBLY = ("stores", "access", "privacy", "web", "attendance", "people")
_MOST_PARTS = 3
"""Parts of other modules that one function may make; more than that is composition."""


def _is_part(module: str, name: str) -> bool:
    """Whether ``name`` is a class that works, not a value, an error or a choice."""
    found = getattr(importlib.import_module(module), name, None)
    return (
        inspect.isclass(found)
        and not dataclasses.is_dataclass(found)
        and not issubclass(found, Enum | Exception)
    )


def _parts_made(source: str) -> dict[str, set[str]]:
    """By function, which of our classes it makes that other modules hold."""
    tree = ast.parse(source)
    ours = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("face_rec.")
        for alias in node.names
    }
    made: dict[str, set[str]] = {}
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        called = {
            node.func.id
            for node in ast.walk(function)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        made[function.name] = {n for n in called & ours.keys() if _is_part(*map(str, ours[n]))}
    return made


@pytest.mark.parametrize("part", _PUT_TOGETHER_IN_ASSEMBLY)
def test_parts_are_put_together_in_assembly_only(part: str) -> None:
    for path in sorted((ROOT / "face_rec" / part).rglob("*.py")):
        for function, made in _parts_made(path.read_text(encoding="utf-8")).items():
            assert len(made) <= _MOST_PARTS, (
                f"{module_of(path)}.{function} makes {', '.join(sorted(made))}: hand them in, and "
                "make them in face_rec.assembly"
            )


def test_composition_is_noticed() -> None:
    source = (ROOT / "face_rec" / "assembly" / "storage" / "access.py").read_text(encoding="utf-8")
    assert max(len(made) for made in _parts_made(source).values()) > _MOST_PARTS


def test_who_only_reads_people_is_given_nothing_to_write_with() -> None:
    """Whoever writes is given the writer that notes it in the audit log."""
    writes = {name for name in vars(PeopleWriter) if not name.startswith("_")}
    assert writes == {"create", "update", "put_templates", "delete"}
    assert not writes & set(dir(RedisPeopleReader))


# --- what a page sees of the system -------------------------------------------------------------

FACADES = {
    module_of(path)
    for path in (ROOT / "face_rec" / "facades").rglob("*.py")
    if path.name != "__init__.py"
}
BEHIND_FACADES = ("face_rec.assembly", "face_rec.stores", "face_rec.journey", "face_rec.cli")
MOST = 127
"""Modules of ours that a page may pull in, types included; five of them are its language."""
MOST_OF = {
    "pages.records": 148,
    "pages.models": 114, "pages.people": 112,
    "pages.system": 100, "pages.notices": 95, "pages.visitors": 96, "pages.unknown": 94,
    "pages.register": 92, "pages.invitations": 89, "pages.kiosks": 80,
    "pages.take_attendance": 72, "pages.audit": 68, "pages.cameras": 61, "pages.privacy": 62,
    "pages.tokens": 59, "pages.accounts": 59, "pages.main": 47, "pages.wall": 33,
}  # fmt: skip
"""A tablet at the door loads take_attendance, and whoever follows a mark reads it: on its façade
stand all ways in. On records days and marks are looked at, and whatever people ask for is decided:
its parts have two façades, and five desks behind them. All others that read days have the rules
by which those are judged."""


@of_each(in_pages())
def test_pages_see_the_system_through_one_facade_at_a_time(path: Path) -> None:
    names = imports_of(path)
    past = [name for name in names if name.startswith(BEHIND_FACADES)]
    assert not past, f"{module_of(path)}: what a page needs of {past} belongs into its façade"
    facades = names & FACADES
    assert len(facades) <= 1, f"{module_of(path)} asks {facades}: hand it what it needs instead"


def _closure(start: str) -> set[str]:
    """All of our modules that ``start`` imports, and those that they import, itself included."""
    ours = {module_of(path): path for path in sources()}
    found, waiting = {start}, [start]
    while waiting:
        for name in imports_of(ours[waiting.pop()]) & ours.keys() - found:
            if ours[name].name != "__init__.py":
                found.add(name)
                waiting.append(name)
    return found


@pytest.mark.parametrize(
    "page", [module_of(path) for path in sorted((ROOT / "pages").glob("[a-z]*.py"))]
)
def test_a_page_pulls_in_what_it_needs_and_not_the_whole_product(page: str) -> None:
    assert len(_closure(page)) <= MOST_OF.get(page, MOST), sorted(_closure(page))


def test_the_diagram_notices_a_wrong_import(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("from face_rec.stores.redis import keys\nimport redis\n")
    assert "face_rec.stores.redis.keys" in imports_of(wrong)
    assert PARTS["face_rec.journey"] > PARTS["face_rec.stores"]


# --- protocols ----------------------------------------------------------------------------------

_FACADES = "face_rec.facades"
OUTSIDE: dict[str, str] = {
    "pages.ui.people.enrol_photos.Upload": "Streamlit's UploadedFile, which is none of its API",
    f"{_FACADES}.frame.Visitors": "AccountsOff and others, as much as a test asks",
    f"{_FACADES}.kiosk.KioskEngine": "FakeEngine, as much as a test asks",
    f"{_FACADES}.frame.Departed": "Departures, with all that people are",
    f"{_FACADES}.people.own.OwnCalendar": "CalendarService, with all that serves them",
    f"{_FACADES}.people.privacy.RetentionJob": "Retention, with all that removes",
    f"{_FACADES}.people.registrar.PinEditor": "Pins, with all that counts tries",
    f"{_FACADES}.attendance.requests.GroupCalendars": "CalendarService, with all that serves",
    f"{_FACADES}.people.registrar.GuardianEditor": "GuardianService, with all that sends",
    f"{_FACADES}.people.registrar.OwnLinks": "OwnSignIn, with all of signing in",
    f"{_FACADES}.people.privacy.StrangerDays": "StrangerPolicy, with all that erases",
    f"{_FACADES}.attendance.report_mail.ReportMailService": "its namesake, with all that sends",
    f"{_FACADES}.kiosks.KioskEditor": "KioskService, with all that judges days",
}
"""Protocols whose other implementation is a library's, or a fake that is not all of it; and one
that keeps from pages what they have no use for."""


def _members(node: ast.ClassDef) -> set[str]:
    """Methods, fields and what is set on ``self``."""
    found = {one.name for one in node.body if isinstance(one, ast.FunctionDef)}
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store):
            found.add(one.attr)
    for one in node.body:
        if isinstance(one, ast.AnnAssign | ast.Assign):
            targets = one.targets if isinstance(one, ast.Assign) else [one.target]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def _classes() -> Iterator[tuple[str, ast.ClassDef]]:
    """Every class here and in the tests, with its module."""
    for path in [*sources(), *sorted((ROOT / "tests").rglob("*.py"))]:
        for node in _statements(parsed_if(path.read_text(encoding="utf-8"), {"class "})):
            if isinstance(node, ast.ClassDef):
                yield module_of(path), node


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """All in ``tree``, however deep; what they are made of is nine tenths of it."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
            yield node
            yield from _statements(node)


def _is_protocol(node: ast.ClassDef) -> bool:
    return any(ast.unparse(base).split("[")[0] == "Protocol" for base in node.bases)


def _in_reach(module: str, other: str) -> bool:
    """Whether ``module`` might name a class of ``other`` instead of a protocol."""
    mine, its = _part(module), _part(other)
    if mine is None or its is None or mine in FREE or its in FREE:
        return False
    return mine == its or PARTS[mine] < PARTS[its]


def _needless(classes: list[tuple[str, ast.ClassDef]]) -> list[str]:
    """Protocols that one class implements which stands within reach."""
    known = [(module, _members(node)) for module, node in classes if not _is_protocol(node)]
    found = []
    for module, node in classes:
        asked = _members(node)
        if not _is_protocol(node) or not asked or f"{module}.{node.name}" in OUTSIDE:
            continue
        made = [other for other, members in known if asked <= members]
        if len(made) < 2 and all(_in_reach(module, other) for other in made):
            found.append(f"{module}.{node.name} (made by {made})")
    return found


def test_a_protocol_has_two_implementations_or_stands_where_its_class_cannot_be_named() -> None:
    assert not _needless(list(_classes()))


def test_a_protocol_of_one_class_within_reach_is_noticed() -> None:
    source = "class Mine:\n def run(self): ...\nclass Runs(Protocol):\n def run(self): ..."
    nodes = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    assert _needless([("face_rec.journey.marking.mark", node) for node in nodes])

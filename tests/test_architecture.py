"""The import diagram of the house, enforced.

``app.py, config.py's readers`` on the left may import what stands to the right of them;
modules at one level do not import each other's packages.
"""

import ast
import dataclasses
import functools
import importlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from enum import Enum
from pathlib import Path

import pytest

from face_rec.protocols.people import PeopleWriter
from face_rec.stores.people.people_reader import RedisPeopleReader

ROOT = Path(__file__).resolve().parent.parent

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
    {"face_rec.site_options", "face_rec.timekeeping", "face_rec.warm_up"},
    {"face_rec.option_values"},
    {"face_rec.background", "face_rec.settings", "face_rec.zip_directory"},
    {"face_rec.files", "face_rec.formulas", "face_rec.lettering", "face_rec.retry"},
    {"face_rec.domain", "face_rec.clock", "face_rec.log"},
    {"face_rec.languages"},
]
PARTS = {part: level for level, parts in enumerate(LEVELS) for part in parts}
FREE = {"face_rec", "face_rec.preflight"}  # the map, and the check before anything is installed

ONLY_IN: dict[str, set[str]] = {
    "config": {"app", "face_rec.assembly", "face_rec.cli"},
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


def _sources() -> list[Path]:
    files = [ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "face_rec").rglob("*.py")]
    return sorted(path for path in files if path.is_file())


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def of_each(paths: Iterable[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """Makes one test of what is asked about each of many modules; it names all that fail. Some
    thousand tests took longer to collect and to report than to run."""

    def made(check: Callable[[Path], None]) -> Callable[[], None]:
        def test() -> None:
            failed = []
            for path in paths:
                try:
                    check(path)
                except AssertionError as error:
                    failed.append(f"{_module(path)}: {error}")
            assert not failed, "\n".join(failed)

        return test

    return made


def _part(module: str) -> str | None:
    """The part of the diagram that ``module`` belongs to, e.g. face_rec.stores."""
    for name in (".".join(module.split(".")[:2]), module.split(".")[0]):
        if name in PARTS or name in FREE:
            return name
    return None


@functools.cache
def _imports(path: Path) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: use absolute imports"
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


@of_each(_sources())
def test_every_module_has_a_place_in_the_diagram(path: Path) -> None:
    assert _part(_module(path)) is not None, f"{_module(path)} stands nowhere in LEVELS"


@of_each(_sources())
def test_imports_run_one_way_only(path: Path) -> None:
    me = _part(_module(path))
    for name in _imports(path):
        other = _part(name)
        if other is None or me is None or other == me or other in FREE or me in FREE:
            continue
        assert PARTS[me] < PARTS[other], f"{_module(path)} must not import {name}"


@of_each(_sources())
def test_outside_libraries_stay_in_the_part_that_wraps_them(path: Path) -> None:
    me = _part(_module(path))
    for name in _imports(path):
        allowed = ONLY_IN.get(name.split(".")[0])
        assert allowed is None or me in allowed, f"{_module(path)} must not import {name}"


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
    sources = {
        _module(path): (".".join(path.relative_to(ROOT).parent.parts), _imports(path))
        for path in _sources()
        if path.name != "__init__.py"
    }
    circles = _in_circles(_needs(sources))
    assert not circles, f"these folders need each other: {', '.join(sorted(circles))}"


def test_folders_that_need_each_other_are_noticed() -> None:
    sources = {"a.x": ("a", {"b.y"}), "b.y": ("b", {"c.z"}), "c.z": ("c", {"a.x"})}
    assert _in_circles(_needs(sources)) == {"a", "b", "c"}
    assert not _in_circles(_needs({**sources, "c.z": ("c", {"json"})}))


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
                f"{_module(path)}.{function} makes {', '.join(sorted(made))}: hand them in, and "
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


# --- facts with one home -----------------------------------------------------------------------

ONE_HOME: dict[str, set[str]] = {
    # what a kind of event is: a mark or a correction, which way it counts, how screens call it
    "EventKind.IN": {"face_rec.domain.marks"},
    "EventKind.DISPUTE": {"face_rec.domain.marks", "face_rec.demo.company"},
    # where a person's pictures lie: whoever stores, seals or erases them asks
    'f"people/{': {"face_rec.domain.pictures"},
    '"marks/': {"face_rec.domain.pictures"},
    # how a site or a kiosk may be called
    "[a-z0-9][a-z0-9-]{0,31}": {"face_rec.domain.names"},
    # whether a greeting is of a mark that was there before: screens ask the receipt or the label
    "is Outcome.ALREADY": {"face_rec.domain.marks"},
}  # fmt: skip
"""What is written in so many words in these modules and in no other: they ask there."""


def _second_homes(module: str, source: str) -> list[str]:
    return [fact for fact, homes in ONE_HOME.items() if fact in source and module not in homes]


@of_each(_sources())
def test_each_of_these_facts_is_written_down_once(path: Path) -> None:
    found = _second_homes(_module(path), path.read_text(encoding="utf-8"))
    assert not found, f"{_module(path)} says for itself what {found} say already"


def test_a_fact_written_down_a_second_time_is_noticed() -> None:
    line = "WORDS = {EventKind.IN: 'Came'}"
    assert _second_homes("pages.ui.kiosk.still", line) == ["EventKind.IN"]


# --- caches -----------------------------------------------------------------------------------


_BY_ARGUMENTS = {"cache_data", "cache_resource"}


def _by_address(source: str) -> list[str]:
    """Where ``source`` asks for the address of an object, or lets Streamlit keep something by its
    arguments, among which our own parts can be told apart by their addresses only."""
    nodes = list(ast.walk(ast.parse(source)))
    calls = (ast.unparse(node) for node in nodes if isinstance(node, ast.Call))
    names = (node.attr for node in nodes if isinstance(node, ast.Attribute))
    return [call for call in calls if call.startswith("id(")] + [
        name for name in names if name in _BY_ARGUMENTS
    ]


@of_each(_sources())
def test_nothing_is_known_again_by_its_address(path: Path) -> None:
    """A new object may lie where an old one was, and be given what was kept of that one."""
    found = _by_address(path.read_text(encoding="utf-8"))
    assert not found, f"{_module(path)}: use a revision, or let the owner keep it, not {found}"


def test_an_address_as_a_key_is_noticed() -> None:
    source = "def kept(store):\n    return CACHE[id(store), store.id()]"
    assert _by_address(source) == ["id(store)"]
    assert _by_address("@st.cache_data(ttl=60)\ndef kept(_store): ...") == ["cache_data"]


# --- what a page sees of the system -------------------------------------------------------------

BEHIND_FACADES = ("face_rec.assembly", "face_rec.stores", "face_rec.journey", "face_rec.cli")
MOST = 127
"""Modules of ours that a page may pull in, types included; five of them are its language."""
MOST_OF = {"pages.take_attendance": 105, "pages.models": 130, "pages.people": 137,
           "pages.records": 165, "pages.reports": 137, "pages.explore": 134,
           "pages.my_attendance": 144}  # fmt: skip
"""A tablet at the door loads the first, and whoever follows a mark reads it; on its façade stand
all ways in. On the second stand
the choice of a pack, its change, how well it knows the site's people, and the gallery's care;
its façade is also that of System, which tells how cameras are; on the third who is registered is
found, changed one by one and as a list, given badges, imported and erased, and filters of it
are kept; on Reports stand what goes out by mail and such filters, too; and Explore writes files in
the words of whoever takes them. Whoever reads days has the façade by which rosters are set;
Records and My attendance give addresses of calendars and swap shifts."""


def _in_pages() -> list[Path]:
    return [path for path in _sources() if "pages" in path.relative_to(ROOT).parts]


@of_each(_in_pages())
def test_pages_see_the_system_through_one_facade_at_a_time(path: Path) -> None:
    names = _imports(path)
    past = [name for name in names if name.startswith(BEHIND_FACADES)]
    assert not past, f"{_module(path)}: what a page needs of {past} belongs into its façade"
    modules = {".".join(name.split(".")[:3]) for name in names if name.count(".") > 1}
    facades = {name for name in modules if name.startswith("face_rec.facades.")}
    assert len(facades) <= 1, f"{_module(path)} asks {facades}: hand it what it needs instead"


def _closure(start: str) -> set[str]:
    """All of our modules that ``start`` imports, and those that they import, itself included."""
    ours = {_module(path): path for path in _sources()}
    found, waiting = {start}, [start]
    while waiting:
        for name in _imports(ours[waiting.pop()]) & ours.keys() - found:
            if ours[name].name != "__init__.py":
                found.add(name)
                waiting.append(name)
    return found


@pytest.mark.parametrize(
    "page", [_module(path) for path in sorted((ROOT / "pages").glob("[a-z]*.py"))]
)
def test_a_page_pulls_in_what_it_needs_and_not_the_whole_product(page: str) -> None:
    assert len(_closure(page)) <= MOST_OF.get(page, MOST), sorted(_closure(page))


def _classes_in(source: str) -> list[str]:
    return [node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*.py")), ids=_module)
def test_no_page_makes_its_classes_anew_at_every_run(path: Path) -> None:
    """Streamlit runs a page's script again and again, and what it made in an earlier run is no
    instance of the class that the next run defines."""
    found = _classes_in(path.read_text(encoding="utf-8"))
    assert not found, f"{_module(path)}: put {', '.join(found)} into a module that it imports"


def test_a_class_in_a_page_is_noticed() -> None:
    assert _classes_in("@dataclass(frozen=True)\nclass Wanted: ...\n") == ["Wanted"]


# --- parts of a page that run without it ------------------------------------------------------

_OWN_RUNS = {"fragment", "dialog", "dialog_decorator", "experimental_dialog"}
_CALLED_FIRST = {"on_click", "on_change", "on_submit", "on_dismiss", "on_select"}
_WRAPPER = ROOT / "pages" / "ui" / "frame" / "parts.py"


def _unasked(source: str) -> list[str]:
    """What in a page's ``source`` Streamlit would run again without asking for a right."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in _OWN_RUNS:
            found.append(ast.unparse(node))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("streamlit"):
            found += [alias.name for alias in node.names if alias.name in _OWN_RUNS]
        if isinstance(node, ast.keyword) and node.arg in _CALLED_FIRST:
            asks = isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "callback"
            if not asks and not isinstance(node.value, ast.Constant):
                found.append(f"{node.arg}={ast.unparse(node.value)}")
    return found


@of_each([path for path in _in_pages() if path != _WRAPPER])
def test_whatever_runs_without_its_page_asks_for_a_right(path: Path) -> None:
    found = _unasked(path.read_text(encoding="utf-8"))
    assert not found, f"{_module(path)}: use pages.ui.frame.parts instead of {', '.join(found)}"


@pytest.mark.parametrize(
    "source",
    ["@st.fragment\ndef a(): ...", "@st.fragment(run_every=1)\ndef a(): ...",
     "@st.dialog('A')\ndef a(): ...", "from streamlit import fragment as part",
     "import streamlit as s\ns.dialog('A')(draw)", "st.button('A', on_click=delete)",
     "st.checkbox('A', on_change=lambda: delete())"],
)  # fmt: skip
def test_a_bare_fragment_dialog_or_callback_is_noticed(source: str) -> None:
    assert _unasked(source)


@pytest.mark.parametrize(
    "source",
    ["@fragment(Right.RECORDS)\ndef a(): ...", "st.download_button('A', on_click='ignore')",
     "st.button('A', on_click=callback(Right.RULES, save), args=(1,))"],
)  # fmt: skip
def test_a_part_that_names_its_right_is_accepted(source: str) -> None:
    assert not _unasked(source)


# --- threads ------------------------------------------------------------------------------

BARE = {"Thread", "Timer", "start_new_thread", "create_task", "ensure_future"}
"""What would let work of ours end unseen; :mod:`face_rec.background` makes them instead."""


def _bare(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr in BARE:
            found.add(node.attr)
        elif isinstance(node, ast.ImportFrom) and node.module in {"threading", "asyncio"}:
            found |= {alias.name for alias in node.names} & BARE
    return found


@of_each(_sources())
def test_no_thread_or_task_is_started_outside_background(path: Path) -> None:
    if _module(path) != "face_rec.background":
        assert not _bare(path), f"{_module(path)}: use face_rec.background for {_bare(path)}"


@pytest.mark.parametrize(
    "line",
    [
        "import threading\nthreading.Thread(target=print).start()",
        "from threading import Thread",
        "import threading as t\nclass Mine(t.Thread): ...",
        "import asyncio\nasyncio.create_task(work())",
        "import _thread\n_thread.start_new_thread(print, ())",
    ],
)
def test_a_bare_thread_is_noticed(tmp_path: Path, line: str) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text(line)
    assert _bare(wrong)


# --- files --------------------------------------------------------------------------------

BY_FILES = {"fsync", "fdatasync", "flock", "lockf", "locking", "mkstemp", "chmod"}
"""What :mod:`face_rec.files` does for all; ``Path.replace`` cannot be told from other replaces."""


def _by_hand(path: Path) -> set[str]:
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.attr for node in tree if isinstance(node, ast.Attribute)} & BY_FILES


@of_each(_sources())
def test_no_file_is_synced_locked_or_closed_to_others_outside_files(path: Path) -> None:
    if _module(path) != "face_rec.files":
        assert not _by_hand(path), f"{_module(path)}: use face_rec.files for {_by_hand(path)}"


@pytest.mark.parametrize(
    "line", ["import os\nos.fsync(3)", "import fcntl as f\nf.flock(3, 1)", "path.chmod(0o600)"]
)
def test_a_file_that_is_handled_by_hand_is_noticed(tmp_path: Path, line: str) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text(line)
    assert _by_hand(wrong)


def test_the_diagram_notices_a_wrong_import(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("from face_rec.stores.redis import keys\nimport redis\n")
    assert "face_rec.stores.redis.keys" in _imports(wrong)
    assert PARTS["face_rec.journey"] > PARTS["face_rec.stores"]


# --- protocols ----------------------------------------------------------------------------------

OUTSIDE: dict[str, str] = {
    "pages.ui.people.enrol_photos.Upload": "Streamlit's UploadedFile, which is none of its API",
    "face_rec.facades.frame.Visitors": "AccountsOff and others, as much as a test asks",
    "face_rec.facades.kiosk.KioskEngine": "FakeEngine, as much as a test asks",
    "face_rec.facades.registrar.GuardianEditor": "GuardianDesk, which brings along all that sends",
    "face_rec.facades.registrar.OwnLinks": "OwnDoor, which brings along all of signing in",
    "face_rec.facades.admin.StrangerDays": "StrangerPolicy, which brings along all that erases",
    "face_rec.facades.report_mail.ReportDesk": "ReportDesk, which brings along all that sends",
    "face_rec.facades.access.KioskEditor": "KioskService, which brings along all that judges days",
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
    for path in [*_sources(), *sorted((ROOT / "tests").rglob("*.py"))]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                yield _module(path), node


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
    assert _needless([("face_rec.journey.mark", node) for node in nodes])

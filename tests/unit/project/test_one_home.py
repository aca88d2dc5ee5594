"""What is done, or said, in one place only: whoever needs it asks there."""

import ast
from pathlib import Path

import pytest

from tests.sources import ROOT, in_pages, module_of, of_each, parsed_if, sources

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


@of_each(sources())
def test_each_of_these_facts_is_written_down_once(path: Path) -> None:
    found = _second_homes(module_of(path), path.read_text(encoding="utf-8"))
    assert not found, f"{module_of(path)} says for itself what {found} say already"


def test_a_fact_written_down_a_second_time_is_noticed() -> None:
    line = "WORDS = {EventKind.IN: 'Came'}"
    assert _second_homes("pages.ui.kiosk.still", line) == ["EventKind.IN"]


# --- caches -----------------------------------------------------------------------------------


_BY_ARGUMENTS = {"cache_data", "cache_resource"}


def _by_address(source: str) -> list[str]:
    """Where ``source`` asks for the address of an object, or lets Streamlit keep something by its
    arguments, among which our own parts can be told apart by their addresses only."""
    nodes = list(ast.walk(parsed_if(source, {r"\bid\s*\(", *_BY_ARGUMENTS})))
    calls = (node for node in nodes if isinstance(node, ast.Call))
    asked = [node for node in calls if isinstance(node.func, ast.Name) and node.func.id == "id"]
    names = (node.attr for node in nodes if isinstance(node, ast.Attribute))
    return [ast.unparse(call) for call in asked] + [
        name for name in names if name in _BY_ARGUMENTS
    ]


@of_each(sources())
def test_nothing_is_known_again_by_its_address(path: Path) -> None:
    """A new object may lie where an old one was, and be given what was kept of that one."""
    found = _by_address(path.read_text(encoding="utf-8"))
    assert not found, f"{module_of(path)}: use a revision, or let the owner keep it, not {found}"


def test_an_address_as_a_key_is_noticed() -> None:
    source = "def kept(store):\n    return CACHE[id(store), store.id()]"
    assert _by_address(source) == ["id(store)"]
    assert _by_address("@st.cache_data(ttl=60)\ndef kept(_store): ...") == ["cache_data"]


# --- pages -------------------------------------------------------------------------------------


def _classes_in(source: str) -> list[str]:
    return [node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*.py")), ids=module_of)
def test_no_page_makes_its_classes_anew_at_every_run(path: Path) -> None:
    """Streamlit runs a page's script again and again, and what it made in an earlier run is no
    instance of the class that the next run defines."""
    found = _classes_in(path.read_text(encoding="utf-8"))
    assert not found, f"{module_of(path)}: put {', '.join(found)} into a module that it imports"


def test_a_class_in_a_page_is_noticed() -> None:
    assert _classes_in("@dataclass(frozen=True)\nclass Wanted: ...\n") == ["Wanted"]


# --- parts of a page that run without it ------------------------------------------------------

_OWN_RUNS = {"fragment", "dialog", "dialog_decorator", "experimental_dialog"}
_CALLED_FIRST = {"on_click", "on_change", "on_submit", "on_dismiss", "on_select"}
_WRAPPER = ROOT / "pages" / "ui" / "frame" / "parts.py"


def _unasked(source: str) -> list[str]:
    """What in a page's ``source`` Streamlit would run again without asking for a right."""
    found = []
    for node in ast.walk(parsed_if(source, _OWN_RUNS | _CALLED_FIRST)):
        if isinstance(node, ast.Attribute) and node.attr in _OWN_RUNS:
            found.append(ast.unparse(node))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("streamlit"):
            found += [alias.name for alias in node.names if alias.name in _OWN_RUNS]
        if isinstance(node, ast.keyword) and node.arg in _CALLED_FIRST:
            asks = isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "callback"
            if not asks and not isinstance(node.value, ast.Constant):
                found.append(f"{node.arg}={ast.unparse(node.value)}")
    return found


@of_each([path for path in in_pages() if path != _WRAPPER])
def test_whatever_runs_without_its_page_asks_for_a_right(path: Path) -> None:
    found = _unasked(path.read_text(encoding="utf-8"))
    assert not found, f"{module_of(path)}: use pages.ui.frame.parts instead of {', '.join(found)}"


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
    for node in ast.walk(parsed_if(path.read_text(encoding="utf-8"), BARE)):
        if isinstance(node, ast.Attribute) and node.attr in BARE:
            found.add(node.attr)
        elif isinstance(node, ast.ImportFrom) and node.module in {"threading", "asyncio"}:
            found |= {alias.name for alias in node.names} & BARE
    return found


@of_each(sources())
def test_no_thread_or_task_is_started_outside_background(path: Path) -> None:
    if module_of(path) != "face_rec.background":
        assert not _bare(path), f"{module_of(path)}: use face_rec.background for {_bare(path)}"


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
    tree = ast.walk(parsed_if(path.read_text(encoding="utf-8"), BY_FILES))
    return {node.attr for node in tree if isinstance(node, ast.Attribute)} & BY_FILES


@of_each(sources())
def test_no_file_is_synced_locked_or_closed_to_others_outside_files(path: Path) -> None:
    if module_of(path) != "face_rec.files":
        assert not _by_hand(path), f"{module_of(path)}: use face_rec.files for {_by_hand(path)}"


@pytest.mark.parametrize(
    "line", ["import os\nos.fsync(3)", "import fcntl as f\nf.flock(3, 1)", "path.chmod(0o600)"]
)
def test_a_file_that_is_handled_by_hand_is_noticed(tmp_path: Path, line: str) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text(line)
    assert _by_hand(wrong)

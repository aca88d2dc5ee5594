"""What docs/ says is there: every path it names, every section that code or another page cites."""

import re
from functools import cache
from pathlib import Path

import pytest

from config import ROOT
from face_rec.__main__ import parser

DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [*DOCS, *ROOT.glob("*.md"), ROOT / "deploy" / "README.md"]
CODE_FOLDERS = ("face_rec", "pages", "tests", "deploy", ".github")
CODE_KINDS = {".css", ".html", ".js", ".lua", ".md", ".py", ".sh", ".toml", ".yaml", ".yml"}

# `face_rec/web/gate/gate.py`, `tests/`, `config.py` in code marks; not `data/x`, which a user has.
_PATH = re.compile(
    r"`((?:face_rec|pages|tests|docs|deploy|\.github)(?:/[\w./-]*)?"
    r"|(?:app|config)\.py|(?:CONTRIBUTING|README|CHANGELOG|SECURITY)\.md|Makefile|pyproject\.toml)`"
)
# `visitors/check_in.py`, `kiosk_away.js`: the end of a path, where the folder has been named.
_ENDING = re.compile(r"`((?:[\w.-]+/)*[\w-]+\.(?:py|js|lua|css|html))`")
_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#]*)(?:#([^)]+))?\)")
_MAKE = re.compile(r"`make ([a-z][a-z-]*)[` ]")
_RUN = re.compile(r"python -m ((?:tests|face_rec)\.[a-z_.]*[a-z_])")
_OURS = re.compile(r"(?:python -m face_rec|\bas_app) ([a-z][a-z-]*)")
_PICTURE = re.compile(r"[\w./-]+\.webp")
# docs/design.md, "Thresholds"
_CITED = re.compile(r"docs/([\w/-]+\.md)`{0,2}(?:, \"([^\"]+)\")?")
_MODULE = re.compile(r"``?((?:face_rec|pages)(?:\.\w+)+)``?")


def _text(path: Path) -> str:
    """With line breaks, and what begins a comment line, as single spaces."""
    return re.sub(r"\s*\n\s*(?:#|//|--)?\s*", " ", path.read_text("utf-8"))


@cache
def _titles(page: Path) -> set[str]:
    return set(re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE))


def _anchors(page: Path) -> set[str]:
    return {re.sub(r"[^\w -]", "", t.lower()).replace(" ", "-") for t in _titles(page)}


def _code() -> list[Path]:
    inside = (p for folder in CODE_FOLDERS for p in (ROOT / folder).rglob("*"))
    files = [*inside, *ROOT.glob("*.py"), *DOCS, *ROOT.glob("*.md"), ROOT / "pyproject.toml"]
    return [p for p in files if p.suffix in CODE_KINDS and p.is_file() and p != Path(__file__)]


def _missing_paths(text: str) -> list[str]:
    return [path for path in _PATH.findall(text) if not (ROOT / path).exists()]


def _unknown_endings(text: str) -> list[str]:
    known = [f"/{_name(path)}" for path in (*_code(), Path(__file__))]
    return [one for one in _ENDING.findall(text) if not any(k.endswith(f"/{one}") for k in known)]


def _broken_links(page: Path) -> list[str]:
    broken = []
    for to, anchor in _LINK.findall(page.read_text("utf-8")):
        target = page.parent / to if to else page
        known = target.exists() and (not anchor or anchor in _anchors(target))
        broken += [] if known else [f"{to}#{anchor}" if anchor else to]
    return broken


def _wrong_citations(text: str) -> list[str]:
    """What ``text`` cites of docs/ and is not there."""
    wrong = []
    for name, section in _CITED.findall(text):
        page = ROOT / "docs" / name
        if not page.is_file() or (section and section not in _titles(page)):
            wrong.append(f"{name} {section}".strip())
    return wrong


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_path_that_a_page_names_is_there(page: Path) -> None:
    assert not _missing_paths(_text(page))


def test_every_module_that_a_page_names_by_its_end_is_there() -> None:
    pages = {_name(page): _unknown_endings(page.read_text("utf-8")) for page in PAGES}
    made = {"CONTRIBUTING.md": ["htmlcov/index.html"]}
    assert {page: found for page, found in pages.items() if found} == made


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert not _broken_links(page)


@pytest.mark.parametrize("page", [p for p in PAGES if p.name != "CHANGELOG.md"], ids=_name)
def test_no_page_has_two_sections_of_one_name(page: Path) -> None:
    """Two written beside each other say the same twice, and a link leads to the first."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    assert sorted(titles) == sorted(set(titles))


@pytest.mark.parametrize("page", DOCS, ids=_name)
def test_every_module_that_a_page_names_is_there(page: Path) -> None:
    for module in _MODULE.findall(page.read_text("utf-8")):
        place = ROOT.joinpath(*module.split("."))
        assert place.is_dir() or place.with_suffix(".py").is_file(), module


def test_every_section_that_code_cites_is_there() -> None:
    wrong = {_name(path): found for path in _code() if (found := _wrong_citations(_text(path)))}
    assert not wrong


def test_code_cites_no_document_that_is_not_in_the_project() -> None:
    other = re.compile(r"DESIGN\.md|NOTES\.md|\.\./shared/[A-Z]|\bdesign notes\b")
    assert not [_name(path) for path in _code() if other.search(_text(path))]


def test_what_is_missing_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[a](gone.md) [b](#nowhere) `face_rec/gone.py`", "utf-8")
    assert _missing_paths(_text(page)) == ["face_rec/gone.py"]
    assert _unknown_endings("`gate/gate.py`, `gate/gone.py`") == ["gate/gone.py"]
    assert _broken_links(page) == ["gone.md", "#nowhere"]
    cited = 'see docs/design.md, "Nothing of the\n# kind", and docs/gone.md.'
    page.write_text(cited, "utf-8")
    assert _wrong_citations(_text(page)) == ["design.md Nothing of the kind", "gone.md"]


def _unknown_commands(text: str) -> list[str]:
    """What ``text`` says to run and is not there: targets of make, modules, commands of ours."""
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    commands = re.findall(r"^    ([a-z-]+)\b", parser().format_help(), re.MULTILINE)
    modules = [name.replace(".", "/") for name in _RUN.findall(text)]
    made = [one for one in _MAKE.findall(text) if one not in targets]
    ours = [one for one in _OURS.findall(text) if one not in commands]
    here = {
        name
        for name in modules
        for end in (".py", "/__main__.py")
        if (ROOT / (name + end)).is_file()
    }
    return [*made, *ours, *(name for name in modules if name not in here)]


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_command_that_a_page_names_is_there(page: Path) -> None:
    assert not _unknown_commands(page.read_text("utf-8"))


def test_a_command_that_is_not_there_is_noticed() -> None:
    said = (
        "`make tea`, `make test`, `python -m tests.tea`, `python -m face_rec tea`, `as_app brew`"
    )
    assert _unknown_commands(said) == ["tea", "tea", "brew", "tests/tea"]


def test_every_picture_is_shown_by_a_page_and_none_is_missing() -> None:
    """A state of the kiosk that is pictured anew stands in docs/kiosk.md, too."""
    folder = ROOT / "docs" / "pictures"
    texts = {page: page.read_text("utf-8") for page in PAGES}
    shown = {
        (page.parent / name).resolve()
        for page, text in texts.items()
        for name in _PICTURE.findall(text)
    }
    assert {_name(one) for one in shown} == {_name(one) for one in folder.rglob("*.webp")}


# --- decisions ------------------------------------------------------------------------------

ADR = ROOT / "docs" / "adr"
DECISIONS = sorted(ADR.glob("[0-9]*.md"))


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_says_what_why_and_what_else_was_thought_of(decision: Path) -> None:
    text = decision.read_text("utf-8")
    title = re.match(r"# (\d+)\. (.+)\n", text)
    assert title is not None
    assert int(title[1]) == int(decision.name[:4])
    assert re.search(r"^(Accepted|Replaced by \[ADR \d+\]), \d{4}-\d\d-\d\d", text, re.MULTILINE)
    sections = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert sections == ["Context", "Decision", "Consequences", "Alternatives refused"]
    index = (ADR / "README.md").read_text("utf-8")
    assert f"[{int(title[1])}. {title[2]}]({decision.name})" in index

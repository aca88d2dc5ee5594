"""No text of the office's pages escapes translation: what is shown is given to ``said``, to
``said_many``, or marked with ``msgid``."""

import ast
import re

import pytest

from tests.messages import DOMAINS, ROOT
from tests.unit.languages.test_catalogues import NOT_SAID, escaped

_SPOKEN = [domain for domain in DOMAINS if domain not in {"kiosk", "own", "enrol", "notices"}]
NO_WORDS = {
    "This address names no kiosk: use ", ", for example ?kiosk=front-door.", "Open Kiosks",
    "Ctrl+K", "Failed to generate file for download",  # as Streamlit says it
    "personal data of ", "attachment of a request of ",  # the name of a file in the audit log
    "system-ui,-apple-system,Segoe UI,Roboto,Noto Sans,sans-serif", "About", "Identity", "Right",
    "Days", "Last week", "This month", "ddd D MMM YYYY", "MMM YYYY",
    "redis data", "audit log", "Maria Kern", "Yesterday", "Last month", "Today",
    "leave balances ", "Date", "Date:O", "Group", "Group:N", "Attendance", "On time", "Hours",
    '" fill="none" stroke="#0f766e" stroke-width="2.2" vector-effect="non-scaling-stroke"/></svg>',
    'V100Z" fill="#0f766e" fill-opacity="0.16"/><path d="', "Etc/", "SystemV/",
    " button { background: ", " names no right: say who may run it.", '" role="img" aria-label="',
    '" target="_blank" rel="noopener" hreflang="en" aria-label="',
    ' <a href="/account/sessions" target="_self">',
    "Ada Byron", "Office", "redis: no answer for 20 s", "redis: answers again",
    "disk: 0.4 GB free", "chain: 2 entries do not fit",  # as they come, in a preview
    "the edge of a paper or a screen moves around the face",
    "Streamlit", "InsightFace", "ONNX Runtime", "OpenCV", "Python", "Report",
    "NVIDIA GPU (CUDA)", "Apple CoreML",
    "clock and redis", "database file", "enrolled cameras", "gallery audit",  # names of checks
}  # fmt: skip
"""What looks like something said, and is a name or for programs."""


def _rooms() -> list[str]:
    pages = ROOT / "pages"
    found = [*pages.glob("*.py"), *(pages / "ui").glob("*/*.py")]
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def test_no_word_of_a_room_that_is_translated_escapes() -> None:
    found = {place: words for place in _rooms() if (words := _escaped(place))}
    assert found == {}


def _escaped(place: str) -> set[str]:
    """What a module marks somewhere is a code in the rest of it, as the name of a column."""
    source = (ROOT / place).read_text(encoding="utf-8")
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    marked = {
        one.value
        for call in calls
        if ast.unparse(call.func) == "msgid"
        for one in call.args
        if isinstance(one, ast.Constant)
    }
    return set(escaped(source)) - NO_WORDS - marked


def test_whatever_says_something_belongs_to_a_domain() -> None:
    named = {
        path.relative_to(ROOT).as_posix()
        for patterns in DOMAINS.values()
        for pattern in patterns
        for path in ROOT.glob(pattern)
    }
    said = {place for place in _rooms() if _says((ROOT / place).read_text())}
    marks = re.compile(r"\b(?:msgid|pgettext|sentence|sentence_many)\(\s*[\"']")
    said |= {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "face_rec").rglob("*.py")
        if marks.search(path.read_text(encoding="utf-8"))
    }
    of_the_language = {"face_rec/languages/sentence.py", "face_rec/languages/translator.py"}
    assert said - named - of_the_language == set()


def _says(source: str) -> bool:
    names = {"said", "said_many", "msgid", "gettext", "ngettext", "pgettext"}
    calls = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return any(ast.unparse(one).split(".")[-1] in names for one in calls)


@pytest.mark.parametrize("domain", _SPOKEN)
def test_a_sentence_is_not_put_together_within_an_f_string(domain: str) -> None:
    """It would never be found in a catalogue."""
    glued = re.compile(r"\b(?:said|said_many|msgid|sentence|sentence_many)\(\s*f[\"']")
    files = [path for pattern in DOMAINS[domain] for path in ROOT.glob(pattern)]
    assert not [path.name for path in files if glued.search(path.read_text(encoding="utf-8"))]


def test_an_escaped_word_of_a_page_is_noticed() -> None:
    assert escaped('st.button("Save it")') == ["Save it"]
    assert escaped('st.button(said("Save it"))') == []
    assert NOT_SAID.search(":material/save:")

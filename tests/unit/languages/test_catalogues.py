"""Catalogues: nothing that is said is missing in one, and no placeholder is lost."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from gettext import c2py
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from face_rec.languages.language import LANGUAGES
from face_rec.languages.translator import CATALOGUES, CATEGORIES, read_catalogue
from tests.messages import DOMAINS, ROOT, catalogue_file, files_of, folders, holes, template

DOMAIN = "kiosk"
"""Of whose files no text may escape."""
ALL = pytest.mark.parametrize(
    ("folder", "domain"), [(folder, domain) for domain in DOMAINS for folder in folders()]
)
_VALUE = re.compile(r"\{(\w*)\}")
_PUT_IN = re.compile(r"\{\w*\}|%\(\w+\)\w|%\w")
"""Values of our own texts, and of argparse's."""


@cache
def wanted(domain: str) -> Catalog:
    return template(domain)


@cache
def stored(file: Path) -> Catalog:
    """Each is asked five things, and to read them all takes seconds."""
    return read_catalogue(file)


def entries(catalogue: Catalog) -> Iterator[Message]:
    return (one for one in catalogue if one.id)


def texts(said: str | Iterable[str] | None) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said or ())


def meant(one: Message) -> tuple[str | None, str]:
    """An English text may be there twice, each time with another context."""
    return one.context, str(one.id)


def test_there_are_the_twelve_languages_and_each_has_a_catalogue() -> None:
    codes = {code.split("-")[0] for code in LANGUAGES}
    assert codes == {"en", "de", "fr", "es", "pt", "it", "pl", "tr", "ru", "hi", "zh", "ar"}
    there = sorted((one.parent.name, one.stem) for one in CATALOGUES.glob("*/*.po"))
    assert there == sorted((folder, domain) for folder in folders() for domain in DOMAINS)


@pytest.mark.parametrize("folder", folders())
def test_a_text_is_translated_in_one_way_whichever_room_says_it(folder: str) -> None:
    """All rooms are read into one table: of two translations one would be said in both places."""
    found: dict[object, set[tuple[str, ...]]] = {}
    for domain in DOMAINS:
        for one in entries(stored(catalogue_file(folder, domain))):
            found.setdefault(meant(one), set()).add(texts(one.string))
    assert {said: ways for said, ways in found.items() if len(ways) > 1} == {}


@ALL
def test_no_catalogue_has_a_hole_and_none_keeps_what_nobody_says(folder: str, domain: str) -> None:
    made = stored(catalogue_file(folder, domain))
    assert holes(made) == []
    assert not [one.id for one in made if one.fuzzy and one.id]
    assert {meant(one) for one in entries(made)} == set(map(meant, entries(wanted(domain)))), (
        "run: make messages"
    )
    said_by = {meant(one): sorted(file for file, _ in one.locations) for one in entries(made)}
    found = {
        meant(one): sorted(file for file, _ in one.locations) for one in entries(wanted(domain))
    }
    assert said_by == found, "run: make messages"


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_template_is_what_the_sources_say(domain: str) -> None:
    made = read_catalogue(CATALOGUES / f"{domain}.pot")
    assert {meant(one) for one in entries(made)} == set(map(meant, entries(wanted(domain)))), (
        "run: make messages"
    )


@ALL
def test_every_form_of_every_text_has_the_placeholders_of_the_english_one(
    folder: str, domain: str
) -> None:
    made = stored(catalogue_file(folder, domain))
    for one in entries(made):
        english = set(_VALUE.findall(texts(one.id)[-1]))
        for number, said in enumerate(texts(one.string)):
            own = set(_VALUE.findall(said))
            # "one mark", "two marks": where a form is of one number only it may be a word.
            named = {"count"} if made.num_plurals == 6 and number < 3 else set()
            assert own <= english, (one.id, said)
            assert english - own <= named, (one.id, said)
            assert said.count("{") == said.count("}") == len(_VALUE.findall(said)), said


@ALL
def test_forms_go_with_the_numbers_that_browsers_and_gettext_take_them_for(
    folder: str, domain: str
) -> None:
    language = next(one for one in LANGUAGES.values() if one.catalogue == folder)
    made = stored(catalogue_file(folder, domain))
    rule = language.formats.plural_form
    kinds = [kind for kind in CATEGORIES if kind in {*rule.tags, "other"}]
    chosen = c2py(made.plural_expr)
    for number in (*range(200), 1_000_000, 1_000_001):
        assert min(kinds.index(rule(number)), made.num_plurals - 1) == chosen(number), number
    for one in entries(made):
        if not isinstance(one.id, str):
            assert len(texts(one.string)) == made.num_plurals, one.id


@ALL
def test_a_translation_is_not_left_in_english(folder: str, domain: str) -> None:
    """Words that are the same in both are few: Pause, Kiosk, Video …"""
    made = stored(catalogue_file(folder, domain))
    same = [
        one.id
        for one in entries(made)
        if one.id == one.string and len(_PUT_IN.sub("", texts(one.id)[-1])) > 14
    ]
    assert same == []


# --- nothing escapes ---------------------------------------------------------------------------

_PROSE = re.compile(r"[A-Za-z]{2,}[^A-Za-z\n]{0,3} [a-zA-Z]|^[A-Z][a-z]{2,}")
"""Two words, or one that begins like a sentence."""
_MARKED = {
    "gettext", "ngettext", "msgid", "said", "said_many", "sentence", "sentence_many",
    "pgettext",
}  # fmt: skip
_NOT_SAID_PY = {
    "log", "TypeVar", "getLogger", "RequestRefused", "LineOver", "RuntimeError", "compile",
    "Conflict", "AccountRefused", "StoreUnavailable", "FacadeMissing",
}  # fmt: skip
"""What is given to these is for the office, a log or a program."""


def escaped(source: str) -> list[str]:
    """Texts of a module that look like something said, and are not marked."""
    tree = ast.parse(source)
    quiet: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            quiet.add(id(node.value))  # a docstring
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name.split(".")[-1] in _MARKED | _NOT_SAID_PY or name.startswith("log."):
                quiet |= {id(one) for one in ast.walk(node)}
        if isinstance(node, ast.AnnAssign):
            quiet |= {id(one) for one in ast.walk(node.annotation)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in quiet
        and _PROSE.search(node.value)
        and not NOT_SAID.search(node.value)
    ]


_COMMENT = re.compile(r"(?:^|\s)//.*$", re.MULTILINE)
_GIVEN = re.compile(r"gettext\((?:\s*\"(?:[^\"\\]|\\.)*\"\s*,?)+")
_STRING = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|`((?:[^`\\]|\\.)*)`")


def _escaped_from_script(source: str) -> list[str]:
    """The same of a script: strings and templates that are not given to Words."""
    bare = _GIVEN.sub("gettext(", _COMMENT.sub("", source))
    found = [one or other for one, other in _STRING.findall(bare)]
    return [text for text in found if _PROSE.search(re.sub(r"\$\{[^}]*\}", "", text))]


NOT_SAID = re.compile(
    r"^[.#\[:(<]|^/|^const |DataclassInstance|^WebRTC$|^fr-|^no picture$|^Cache-Control"
    r"|^(Not\w+|Security|Overconstrained|Abort|QuotaExceeded)\w*Error$|^(X|Content|Service)-"
    r"|^(AES|ECDSA|SHA)-?|^Event|DOCTYPE|iframe\[|^use strict|application/|^M\d|display-mode"
    r"|px |^\w+ \w+ \(display|max-age|face attendance kiosk|^[\w-]+: [\w-]+$"
)
"""What is for a browser: selectors, headers, names of errors, paths of drawings."""
_OF_THE_OFFICE = {
    "face_rec/access/devices/devices.py", "face_rec/domain/marks.py",
    "face_rec/domain/liveness.py", "face_rec/kiosks/kiosk.py", "face_rec/kiosks/way_choice.py",
    "face_rec/kiosks/screen_status.py",
    "face_rec/web/signin/kiosk_device.py",
    "face_rec/web/server/installed.py", "face_rec/kiosks/offline.py", "face_rec/web/live/live.py",
    "face_rec/web/live/capture.py", "face_rec/web/live/line.py", "face_rec/web/live/sources.py",
    "face_rec/web/live/wall.py",
}  # fmt: skip
"""Modules that say things to the office as well, in English."""
_STILL_ENGLISH = {
    "Open Kiosks", "This address names no kiosk: use ",
    ", for example ?kiosk=front-door.",
}  # fmt: skip
"""To whoever sets a kiosk up."""


def _sources(suffix: str) -> list[Path]:
    return [path for path in files_of(DOMAIN) if path.suffix == suffix]


def test_no_word_of_the_kiosk_escapes_translation() -> None:
    found = {
        path.name: words
        for path in _sources(".py")
        if path.relative_to(ROOT).as_posix() not in _OF_THE_OFFICE
        and (words := set(escaped(path.read_text(encoding="utf-8"))) - _STILL_ENGLISH)
    }
    assert found == {}


def test_no_word_of_the_kiosks_scripts_escapes_translation() -> None:
    found = {
        path.name: words
        for path in _sources(".js")
        if (words := [
            one
            for one in _escaped_from_script(path.read_text(encoding="utf-8"))
            if not NOT_SAID.search(one)
        ])
    }  # fmt: skip
    assert found == {}


def test_the_kiosks_page_has_no_words_of_its_own() -> None:
    page = (ROOT / "pages/ui/assets/kiosk.html").read_text(encoding="utf-8")
    assert re.sub(r"<[^>]+>|\s", "", page) == ""
    assert "aria-label" not in page
    assert not re.search(r'alt="[^"]', page)


def test_an_escaped_word_is_noticed() -> None:
    assert escaped("def a():\n    '''Says it.'''\n    return 'Come closer'") == ["Come closer"]
    assert escaped("x = words.gettext('Come closer')\nlog.info('came here a=%s', 1)") == []
    assert _escaped_from_script('card.textContent = "Come closer";') == ["Come closer"]
    assert _escaped_from_script("const a = `Turn ${n} of ${all}`;") == ["Turn ${n} of ${all}"]
    assert _escaped_from_script('const a = words.gettext("Come closer", { n });') == []

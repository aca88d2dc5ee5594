"""Commands speak the language of the terminal, and what programs read of them stays as it is."""

import ast
import io
import re
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from config import site_language
from face_rec.terminal import parser as words_of_argparse
from face_rec.terminal.columns import padded, width, wrapped
from face_rec.terminal.environment import of_environment, of_words
from face_rec.terminal.parser import Parser, add_language, speak_argparse
from face_rec.terminal.words import (
    code,
    figure,
    forgiving,
    in_words,
    said,
    said_many,
    share,
    speak,
)
from tests.messages import ROOT, SAID_BY_NAME, catalogue_file, folders
from tests.unit.languages.test_catalogues import entries, escaped, stored, texts


@pytest.fixture(autouse=True)
def _english_again(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("COLUMNS", "80")
    yield
    speak("en")


# --- which language ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environ", "spoken"),
    [
        ({}, ""),
        ({"LANG": "C.UTF-8"}, ""),
        ({"LANG": "POSIX"}, ""),
        ({"LANG": "de_AT.UTF-8@euro"}, "de"),
        ({"LANG": "en_US.UTF-8"}, "en-US"),
        ({"LANG": "zh_CN.UTF-8"}, "zh-Hans"),
        ({"LANG": "ja_JP.UTF-8"}, ""),
        ({"LANG": "de_DE", "LC_MESSAGES": "fr_FR", "LC_ALL": "ar_EG"}, "ar"),
        ({"LANG": "de_DE", "LC_MESSAGES": "fr_FR", "LC_ALL": ""}, "fr"),
        ({"LANG": "de_DE", "LC_ALL": "C"}, ""),
        ({"LANG": "de_DE", "LANGUAGE": "ja:pt_BR:it"}, "pt"),
        ({"LANG": "C", "LANGUAGE": "de"}, ""),
        ({"LANG": "de_DE", "LC_TIME": "fr_FR"}, "de"),
    ],
)
def test_the_environment_says_the_language_as_it_does_to_gettext(
    environ: dict[str, str], spoken: str
) -> None:
    assert of_environment(environ) == spoken


def test_an_option_before_the_command_says_it_too() -> None:
    assert of_words(["--language", "de", "keys", "new"]) == ("de", "keys")
    assert of_words(["--lang=pt", "keys", "--language"]) == ("pt", "keys")
    assert of_words(["keys", "--language", "de"]) == ("", "keys")
    assert of_words(["--language"]) == of_words(["--help"]) == of_words([]) == ("", "")


def test_where_a_terminal_says_nothing_the_sites_language_counts_if_somebody_has_set_it(
    tmp_path: Path,
) -> None:
    dotenv = tmp_path / ".env"
    assert site_language({}, dotenv) == ""
    dotenv.write_text("SITE_LANGUAGE=tr\nPORT=none\n", encoding="utf-8")
    assert site_language({}, dotenv) == "tr"
    assert site_language({"SITE_LANGUAGE": "pl"}, dotenv) == "pl"


def test_a_terminal_without_the_signs_of_a_language_is_spoken_to_in_english() -> None:
    ascii_only = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    spoken = []
    for wanted in ("ar", "de", "zh-CN", "xx"):
        speak(wanted, on=ascii_only)
        spoken.append(code())
    assert spoken == ["en", "de", "en", "en"]
    forgiving(ascii_only)
    speak("de", on=ascii_only)
    ascii_only.write(said("Nothing was erased.") + said("do not ask") + "→")
    ascii_only.flush()
    assert ascii_only.buffer.getvalue().endswith(b"nicht nachfragen?")


# --- what is said --------------------------------------------------------------------------------


def test_english_stays_as_it_is_written() -> None:
    assert said("{id} is active.", id="7") == "7 is active."
    assert said("nothing {at} all") == "nothing {at} all"
    one, many = "{file}: {count} row", "{file}: {count} rows"
    assert [said_many(one, many, n, file="a") for n in (1, 2)] == ["a: 1 row", "a: 2 rows"]
    assert (figure(1234.5, 1), figure(3), share(0.025, 1)) == ("1,234.5", "3", "2.5%")


def test_numbers_and_values_are_those_of_the_language_and_nothing_hides_in_arabic() -> None:
    speak("de")
    assert (figure(1234.5, 1), share(0.025, 1)) == ("1.234,5", "2,5\xa0%")
    assert said("{id} is active.", id="nothing") == "nothing ist aktiv.", "an ID is no word"
    speak("ar")
    shown = said("{id} is active.", id="7") + in_words("'{name}' is a model pack")
    assert not re.search("[\u200e\u200f\u2066-\u2069]", shown)


def _read(*typed: str) -> str:
    """What a parser says of wrong arguments, or for --help."""
    speak_argparse()
    shown = io.StringIO()
    top = Parser(prog="x")
    add_language(top)
    top.add_argument("--two", nargs=2)
    top.add_argument("file")
    with redirect_stdout(shown), redirect_stderr(shown), pytest.raises(SystemExit):
        top.parse_args(typed)
    return shown.getvalue()


def test_argparse_speaks_the_language_with_its_own_words() -> None:
    assert _read().endswith("x: error: the following arguments are required: file\n")
    speak("de")
    wrong = [_read(), _read("f", "--no"), _read("f", "--two", "1"), _read("--language", "xx", "f")]
    assert "Aufruf: x [-h] [--language CODE] [--two TWO TWO] file" in wrong[0]
    assert [text.splitlines()[-1] for text in wrong[:3]] == [
        "x: Fehler: diese Argumente sind nötig: file",
        "x: Fehler: unbekannte Argumente: --no",
        "x: Fehler: Argument --two: 2 Werte werden erwartet",
    ]
    assert "Argument --language: ungültige Wahl: 'xx' (möglich sind 'en'" in wrong[3]
    assert "diese Hilfe zeigen und beenden" in _read("--help")


@pytest.mark.parametrize("folder", folders())
def test_each_value_of_argparse_stands_in_its_translation(folder: str) -> None:
    value = re.compile(r"%(?:\(\w+\))?[a-z]")
    for one in entries(stored(catalogue_file(folder, "cli"))):
        for text in texts(one.string):
            assert sorted(value.findall(text)) == sorted(value.findall(texts(one.id)[-1])), text
    assert len(words_of_argparse.OWN) == len(set(words_of_argparse.OWN))


# --- columns -------------------------------------------------------------------------------------


def test_columns_are_counted_as_a_terminal_shows_them() -> None:
    assert [width(text) for text in ("ok", "Größe", "警告", "نجاح", "ही", "e\u0301")] == [
        2, 5, 4, 4, 2, 1
    ]  # fmt: skip
    assert padded("警告", 6) + "|" == "警告  |"


def test_lines_break_at_spaces_and_in_chinese_between_signs_but_not_before_a_comma() -> None:
    assert wrapped("kopieren, bis es endet", 10) == ["kopieren,", "bis es", "endet"]
    assert wrapped("检查链；然后比较", 6) == ["检查", "链；然", "后比较"]
    assert wrapped("用 CHAIN_KEY 签署", 14) == ["用 CHAIN_KEY", "签署"]
    speak("zh-Hans")
    assert max(map(width, _read("--help").splitlines())) <= 80


# --- nothing escapes -----------------------------------------------------------------------------

NO_WORDS = {
    "set aside", "journal files",  # names of checks
    "Python ", "Added | None", "Recognition", "Translator", "Compared",  # types, and a name
    "Iterator[assembly.System]", "python app.py",
    "  Debian, Ubuntu:  sudo apt-get install -y libgl1 libglib2.0-0\n"
    "  Fedora, RHEL:    sudo dnf install -y mesa-libGL glib2\n"
    "  Alpine:          sudo apk add mesa-gl glib",
}  # fmt: skip
_SHOWN = {"help", "description", "title", "unit", "desc", "prefix"}


def _of_terminal() -> list[Path]:
    named = [ROOT / place for place in SAID_BY_NAME if place != "pages/"]
    return sorted(path for one in named for path in (one.rglob("*.py") if one.is_dir() else [one]))


def _unmarked(source: str) -> list[str]:
    """Texts that are shown and not marked, and words that stand in an f-string for the terminal or
    in what argparse and a bar of progress show."""
    found = [text for text in escaped(source) if text not in NO_WORDS]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword) and node.arg in _SHOWN:
            found += _words(node.value)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"print", "sys.exit"}:
            found += [word for given in node.args for word in _words(given)]
    return found


def _words(given: ast.expr) -> list[str]:
    parts = given.values if isinstance(given, ast.JoinedStr) else [given]
    kept = [part.value for part in parts if isinstance(part, ast.Constant)]
    return [text for text in kept if isinstance(text, str) and re.search("[A-Za-z]{2}", text)]


def test_no_word_that_a_terminal_shows_escapes_translation() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): words
        for path in _of_terminal()
        if (words := _unmarked(path.read_text(encoding="utf-8")))
    }
    assert len(_of_terminal()) > 25
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        'print("Nothing was erased.")', 'print(f"{count} rows")', 'print("done")',
        'parser.add_argument("--x", help="only this")', 'tqdm(unit="clip")',
        'raise SourceError(f"There is no {name}.")', 'commands.add_parser("x", help=f"see {b}")',
    ],
)  # fmt: skip
def test_an_escaped_word_of_a_command_is_noticed(line: str) -> None:
    assert _unmarked(line)
    assert not _unmarked('print(said("Nothing was erased."), f"{one}: {two}")')

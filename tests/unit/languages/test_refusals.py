"""No refusal is raised with bare English: what a person may read of an error is a sentence, which
is said in their language."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from face_rec.domain.errors import StoreUnavailable
from face_rec.languages.sentence import ReadAgain, sentence, stored
from face_rec.languages.translator import ENGLISH, Translators
from tests.messages import ROOT

ENGLISH_ON_PURPOSE: Final = {
    "BadRequest": "a program asked the API wrongly",
    "RequestRefused": "scripts of pages read the status, and say what happened themselves",
    "LogoutRefused": "the identity provider reads it",
    "BadSnapshotKey": "a fault of our own, or a request that was made by hand",
}
"""By kind of error; docs/languages.md says the same."""
FOR_PROGRAMS: Final = "face_rec/web/api/"
"""The API, which speaks English throughout."""
_WORDS: Final = re.compile(r"[A-Za-z]{2,}\W+[A-Za-z]")
_MARKED: Final = {"msgid", "pgettext", "sentence", "sentence_many", "listed", "stored", "Sentence"}


@cache
def _sources() -> dict[str, str]:
    found = sorted((ROOT / "face_rec").rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in found}


@cache
def kinds() -> frozenset[str]:
    """Names of all errors of the tree, wherever they are defined."""
    defined = re.compile(r"^class (\w+)\(([^)]*)\):", re.MULTILINE)
    classes = [
        (name, set(re.findall(r"\w+", bases)))
        for source in _sources().values()
        for name, bases in defined.findall(source)
    ]
    known = {"FaceRecError"}
    while more := {name for name, bases in classes if bases & known} - known:
        known |= more
    return frozenset(known)


def _last(named: ast.expr) -> str:
    """``c`` of ``a.b.c`` and of ``c``."""
    if isinstance(named, ast.Attribute):
        return named.attr
    return named.id if isinstance(named, ast.Name) else ""


@cache
def _translated() -> frozenset[str]:
    return kinds() - set(ENGLISH_ON_PURPOSE)


class Module:
    """Whether what is given to an error in one module is bare English."""

    def __init__(self, tree: ast.Module) -> None:
        self._names: dict[str, list[ast.expr]] = {}
        self._makers: dict[str, list[ast.expr]] = {}
        self._calls: list[ast.Call] = []
        for one in ast.walk(tree):
            match one:
                case ast.Assign() | ast.AnnAssign(value=ast.expr()):
                    self._assigned(one)
                case ast.FunctionDef():
                    returned = [each for each in ast.walk(one) if isinstance(each, ast.Return)]
                    self._makers[one.name] = [each.value for each in returned if each.value]
                case ast.Call() if _last(one.func) in _translated():
                    self._calls.append(one)
                case ast.ClassDef() if one.name in _translated():
                    self._calls += [
                        each
                        for each in ast.walk(one)
                        if isinstance(each, ast.Call) and _last(each.func) == "__init__"
                    ]

    def _assigned(self, one: ast.Assign | ast.AnnAssign) -> None:
        for target in one.targets if isinstance(one, ast.Assign) else [one.target]:
            if one.value is not None and (name := _last(target)):
                self._names.setdefault(name, []).append(one.value)

    def bare(self) -> Iterator[str]:
        """Where, and what; of calls of an error, and of what an error says of itself."""
        return (said for call in self._calls for said in self._given(call))

    def _given(self, call: ast.Call) -> Iterator[str]:
        for given in (*call.args, *(one.value for one in call.keywords)):
            if self._is_bare(given, frozenset()):
                yield f"line {call.lineno}: {ast.unparse(given)}"

    def _is_bare(self, given: ast.expr, seen: frozenset[str]) -> bool:
        match given:
            case ast.Constant():
                return isinstance(given.value, str) and bool(_WORDS.search(given.value))
            case ast.JoinedStr():
                texts = [one.value for one in given.values if isinstance(one, ast.Constant)]
                return any(re.search("[A-Za-z]{2}", str(text)) for text in texts)
            case ast.Call():
                return self._is_made(given, seen)
            case ast.Name() | ast.Attribute():
                name = _last(given)
                values = [] if name in seen else self._names.get(name, [])
            case _:
                values = [one for one in ast.iter_child_nodes(given) if isinstance(one, ast.expr)]
                name = ""
        return any(self._is_bare(one, seen | {name}) for one in values)

    def _is_made(self, call: ast.Call, seen: frozenset[str]) -> bool:
        name = _last(call.func)
        if name in _MARKED | kinds() or name in seen:
            return False
        if name == "str" and call.args and _last(call.args[0]) in {"error", "refusal"}:
            return True  # it has lost what it was made of: hand on ``error.said``
        if name in {"format", "join"} and isinstance(call.func, ast.Attribute):
            return self._is_bare(call.func.value, seen) or any(
                self._is_bare(one, seen) for one in call.args
            )
        made = self._makers.get(name, [])
        return any(self._is_bare(one, seen | {name}) for one in made)


def test_no_refusal_is_raised_with_bare_english() -> None:
    named = re.compile(rf"\b(?:{'|'.join(kinds())})\b")
    found = {
        place: said
        for place, source in _sources().items()
        if not place.startswith(FOR_PROGRAMS) and named.search(source)
        and (said := list(Module(ast.parse(source)).bare()))
    }  # fmt: skip
    assert found == {}
    assert len(kinds()) > 50


@pytest.mark.parametrize(
    "line",
    [
        'raise StoreError("Try it again.")',
        'raise StoreError(f"No {name}.")',
        '_GONE: Final = "It is gone."\ndef a():\n    raise Conflict(_GONE) from None',
        'def a():\n    why = f"{one} is gone"\n    raise StoreError(why)',
        'def _why(x):\n    return f"{x} is gone"\nraise StoreError(_why(3))',
        'def a(error):\n    return StoreUnavailable(str(error))',
        'raise RuleRefused((msgid("All is well."), "It is gone."))',
        'raise PictureRefused("dark", "The face " + "is dark")',
        'raise StoreError("{} is gone".format(x) if x else error.said)',
        'class OwnerGone(SealBroken):\n    def __init__(self):\n'
        '        super().__init__("They are gone.")',
    ],
)  # fmt: skip
def test_bare_english_in_a_refusal_is_noticed(line: str) -> None:
    assert list(Module(ast.parse(line)).bare())


def test_what_is_marked_handed_on_or_for_programs_is_not() -> None:
    fine = """
_GONE = msgid("It is gone.")
raise StoreError(_GONE)
raise StoreError(sentence("There is no {name}.", name=f"page {name}"))
raise StoreError(error.said)
raise PictureRefused("too_dark", msgid("The face is dark."))
raise RequestRefused(400, "The JPEG is cut off.")
raise ValueError("No person reads this.")
"""
    assert list(Module(ast.parse(fine)).bare()) == []


def test_the_docs_name_what_stays_english() -> None:
    said = " ".join(Path(ROOT, "docs/languages.md").read_text(encoding="utf-8").split())
    assert all(why in said for why in ENGLISH_ON_PURPOSE.values())


# --- what was kept in English is read again -----------------------------------------------------


def test_a_text_that_was_stored_is_said_in_the_language_of_whoever_reads_it() -> None:
    german = Translators().of("de")
    refused = str(StoreUnavailable(sentence("The archive's database does not answer ({error}).",
                                            error="OperationalError: gone")))  # fmt: skip
    twice = f"{refused} {refused}"
    said = german.said(stored(refused))
    assert said != refused
    assert "(OperationalError: gone)" in said
    assert german.said(stored(twice)) == f"{said} {said}"
    assert german.said(stored(f"2026-11-27: {refused}")) == f"2026-11-27: {said}"
    assert ENGLISH.said(stored(refused)) == refused == str(stored(refused))
    assert german.said(stored("Nobody knows this one.")) == "Nobody knows this one."


def test_a_text_that_was_noted_again_and_again_does_not_hold_up_who_reads_it() -> None:
    """Each of its sentences may end here or be a value of the one before it, and the last one is
    not known, so that no way of reading them ends well."""
    asked = 0

    class Counted(ReadAgain):
        def _whole(self, text: str) -> str | None:
            nonlocal asked
            asked += 1
            return super()._whole(text)

    texts = Counted([("The month {file} of the archive is damaged.", "")])
    for times in (10, 1_000):
        noted = " ".join(["The month a of the archive is damaged."] * times) + " Who knows?"
        assert str(texts.read(noted)) == noted
    assert asked < 20_000


def test_a_stored_text_with_a_number_takes_the_form_of_the_language() -> None:
    polish = Translators().of("pl")
    assert polish.said(stored("2 events came")) == polish.ngettext(
        "{count} event came", "{count} events came", 2
    )

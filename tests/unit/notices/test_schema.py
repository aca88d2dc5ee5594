"""What programs are told is what the published schema says, kind by kind."""

from dataclasses import replace

import jsonschema
import pytest

from face_rec.domain.liveness import Cue, Finding, Liveness
from face_rec.domain.marks import Event, EventKind, is_mark
from face_rec.notices.notice import TOLD, About, Notice, NoticeKind
from face_rec.notices.said import as_json
from face_rec.notices.schema import schema
from face_rec.notices.sources.conditions import Condition
from face_rec.notices.sources.feeds import notices_of
from tests.fakes.clock import MORNING
from tests.samples import a_person, an_event

LOOKS = jsonschema.Draft202012Validator(
    schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)
ATTACK = (Finding(Cue.EDGE, 1.0, Liveness.ATTACK),)


def test_the_schema_is_one_itself_and_has_every_kind() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    assert schema()["$defs"].keys() == {kind.value for kind in (*TOLD, NoticeKind.TEST)}


@pytest.mark.parametrize("kind", EventKind, ids=str)
def test_whatever_is_told_of_an_event_is_as_the_schema_says(kind: EventKind) -> None:
    event = replace(an_event("e1", "s1", 0, kind), author="grace", reason="an edge")
    found = [*notices_of(event, 720 if is_mark(kind) else 0), *notices_of(event, 0)]
    assert found
    for notice in found:
        for person in (a_person(), None):
            LOOKS.validate(as_json(notice, person))


@pytest.mark.parametrize("kind", TOLD, ids=str)
def test_what_an_older_version_noted_without_facts_still_is(kind: NoticeKind) -> None:
    person = a_person() if kind.about is About.PERSON else None
    LOOKS.validate(as_json(Notice("e1", kind, MORNING), person, "https://door.example.org/x"))


@pytest.mark.parametrize(
    "broken",
    [{"type": "of.tomorrow"}, {"timestamp": "soon"}, {"data": {}}],
    ids=str,
)
def test_what_is_none_is_noticed(broken: dict[str, object]) -> None:
    good = as_json(Notice("e1", NoticeKind.TEST, MORNING), None)
    LOOKS.validate(good)
    with pytest.raises(jsonschema.ValidationError):
        LOOKS.validate({**good, **broken})


def _kinds(event: Event) -> list[str]:
    return [notice.kind.value for notice in notices_of(event, 0)]


def test_a_picture_before_the_camera_is_told_as_such_whether_it_was_marked_or_not() -> None:
    held = replace(an_event("h", "s1", 0, EventKind.HELD), reason="unsure")
    assert _kinds(held) == ["attendance.held"]
    assert _kinds(replace(held, live=Liveness.ATTACK)) == ["attendance.spoof"]
    marked = replace(an_event("e", "s1"), live=Liveness.ATTACK, found=ATTACK)
    _, spoof = notices_of(marked, 0)
    assert (spoof.id, spoof.kind) == ("e-spoof", NoticeKind.SPOOF)
    assert spoof.facts == {"why": Cue.EDGE.words}


def test_a_dispute_asks_for_a_correction_and_the_others_are_ones() -> None:
    for kind, said in [(EventKind.DISPUTE, "attendance.disputed"),
                       (EventKind.VOID, "attendance.correction")]:  # fmt: skip
        assert _kinds(replace(an_event("c", "s1", 0, kind), author="grace")) == [said]


def test_a_condition_says_itself_which_kind_it_is() -> None:
    one = Condition("m disk", True, kind=NoticeKind.DISK)
    assert (one.kind.within, one.over) == ("site.problem", NoticeKind.SOLVED)

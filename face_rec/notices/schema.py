"""What programs are told, as JSON Schema: one type of payload for each kind of notice."""

from typing import Any, Final

from face_rec.notices.notice import TOLD, About, Fact, NoticeKind

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Final = {"type": "string"}
_PERSON: Final = {
    "type": "object",
    "properties": {"id": _TEXT, "name": _TEXT, "group": _TEXT},
    "required": ["id", "name", "group"],
    "additionalProperties": False,
}


def schema() -> dict[str, Any]:
    """The whole: a payload is one of these. New fields may come with later versions."""
    kinds = [*TOLD, NoticeKind.TEST]
    return {
        "$schema": _DIALECT,
        "title": "What is told by webhook and by the live feed",
        "oneOf": [{"$ref": f"#/$defs/{kind.value}"} for kind in kinds],
        "$defs": {kind.value: _payload(kind) for kind in kinds},
    }


def _payload(kind: NoticeKind) -> dict[str, Any]:
    return {
        "title": kind.words,
        "type": "object",
        "properties": {
            "type": {"const": kind.value},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": _data(kind),
        },
        "required": ["type", "timestamp", "data"],
    }


def _data(kind: NoticeKind) -> dict[str, Any]:
    person = [_PERSON, {"type": "null"}] if kind.about is About.PERSON else [{"type": "null"}]
    link = "a POST there acknowledges; where a rule waits for that"
    return {
        "type": "object",
        "properties": {
            "id": _TEXT,
            "person": {"description": "null: erased, or about nobody", "anyOf": person},
            "kiosk": _TEXT,
            "event": {"description": "the mark or correction that it is about", **_TEXT},
            "details": {"description": "one line for people, in English", **_TEXT},
            "facts": _facts(kind),
            "acknowledge": {"description": link, "type": "string", "format": "uri"},
        },
        "required": ["id", "person", "kiosk", "event", "details", "facts"],
    }


def _facts(kind: NoticeKind) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {fact.name: _fact(fact) for fact in kind.facts},
        "required": [fact.name for fact in kind.facts],
    }


def _fact(fact: Fact) -> dict[str, Any]:
    kind = "integer" if fact.kind is int else "string"
    return {"type": kind, "description": fact.words}

"""One operation of the API: what is asked, who answers, and how it is described.

Handler and description stand in one place, and what a handler answers is a model that the
description is made from; so neither can change without the other.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from starlette.requests import Request
from starlette.responses import Response

from face_rec import __version__
from face_rec.access.principal import Principal
from face_rec.access.rights import SCOPES, Right
from face_rec.attendance.marks.clock_doubts import ClockChanges
from face_rec.clock import Clock
from face_rec.notices.delivery import Outbox
from face_rec.people.enrolment import Enrolment
from face_rec.privacy.erase import Erasure
from face_rec.protocols.marks import MarkReader
from face_rec.protocols.people_store import PeopleReader
from face_rec.web.api.query import Parameter
from face_rec.web.gate.route_rules import API


@dataclass(frozen=True, slots=True)
class ConsentText:
    """What people agree to when they are registered here."""

    text: str
    version: str


@dataclass(frozen=True, slots=True)
class Parts:
    """What the API needs of the running system."""

    people: PeopleReader
    attendance: MarkReader
    enrolment: Enrolment
    erasure: Erasure
    consent: ConsentText
    clock: Clock
    outbox: Outbox
    valid: Callable[[str], bool]
    """Whether this bearer token is still one that may read records."""
    zone: tzinfo = UTC
    """The site's, for plain dates."""
    clock_changes: Callable[[], ClockChanges] = ClockChanges
    """When its clocks were set; may raise StoreUnavailable."""


Handler = Callable[[Request, Parts], Awaitable[BaseModel | Mapping[str, Any] | Response]]
"""Returns what the answer's JSON says, or an answer that is none."""


@dataclass(frozen=True, slots=True)
class Operation:
    """``path`` is below ``/api/v1``. ``answer`` None: an object that is not described further.
    ``form``: the fields of a multipart body; ``json``: those of a JSON body."""

    method: str
    path: str
    handler: Handler
    summary: str
    answer: type[BaseModel] | None
    description: str = ""
    status: int = 200
    query: tuple[Parameter, ...] = ()
    form: type[BaseModel] | None = None
    json: type[BaseModel] | None = None
    media: str = "application/json"
    read_by: Right | None = None
    """Who has this besides is answered; whoever else may do it is told that it is done (204)."""

    def answered_to(self, principal: Principal) -> bool:
        """Whether ``principal`` may read what is answered."""
        return self.read_by is None or principal.may(self.read_by)


# The description of the API, OpenAPI 3.1, made from its operations.

_REFERENCE: Final = "#/components/schemas/{model}"
_Schemas = Mapping[tuple[Any, JsonSchemaMode], dict[str, Any]]


def document(operations: Sequence[Operation], codes: Sequence[str]) -> dict[str, Any]:
    """The whole; ``codes``: every code an error can have."""
    schemas, definitions = models_json_schema(_models(operations), ref_template=_REFERENCE)
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method.lower()] = _described(one, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Attendance", "version": __version__},
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {**definitions.get("$defs", {}), "Error": _error(codes)},
        },
    }


def _models(operations: Sequence[Operation]) -> list[tuple[type[BaseModel], JsonSchemaMode]]:
    """Every model in use: what is taken is described as it is read, the rest as it is written."""
    taken = {model for one in operations for model in (one.form, one.json) if model}
    said = {one.answer for one in operations if one.answer}
    by_name = sorted(taken | said, key=lambda model: model.__name__)
    return [(model, "validation" if model in taken else "serialization") for model in by_name]


def _described(one: Operation, schemas: _Schemas) -> dict[str, Any]:
    said = {
        "summary": one.summary,
        "description": f"{one.description} {_needed(one)}".strip(),
        "parameters": _parameters(one),
        "responses": _responses(one, schemas),
    }
    body = _body(one, schemas)
    return {**said, "requestBody": body} if body else said


def _responses(one: Operation, schemas: _Schemas) -> dict[str, Any]:
    answer = schemas[one.answer, "serialization"] if one.answer else {"type": "object"}
    said = {str(one.status): _content("The answer", answer, one.media), "default": _PROBLEM}
    if one.read_by:
        said["204"] = {"description": f"Done, for a token without {_scope_of(one.read_by)}"}
    return said


def _needed(one: Operation) -> str:
    """What a token needs, as the gate's table says."""
    scope = _scope_of(API[one.method, one.path])
    return f"Scope: {scope}." if scope else "Any valid token."


def _scope_of(right: Right | None) -> str:
    return next((scope.value for scope, stands_for in SCOPES.items() if stands_for is right), "")


_ID: Final = (
    "Percent-encoded. An ID with a slash cannot stand in a path: such a person is read with "
    "GET /people?id=ID, and changed and erased on the page People."
)


def _parameters(one: Operation) -> list[dict[str, Any]]:
    text = {"type": "string"}
    inside = [{"name": "id", "in": "path", "required": True, "schema": text, "description": _ID}]
    asked = [{"name": each.name, "in": "query", "schema": each.schema} for each in one.query]
    return (inside if "{id}" in one.path else []) + asked


def _body(one: Operation, schemas: _Schemas) -> dict[str, Any] | None:
    for kind, model in (("multipart/form-data", one.form), ("application/json", one.json)):
        if model:
            schema = schemas[model, "validation"]
            return {"required": True, "content": {kind: {"schema": schema}}}
    return None


def _content(text: str, schema: Mapping[str, Any], media: str) -> dict[str, Any]:
    return {"description": text, "content": {media: {"schema": schema}}}


def _error(codes: Sequence[str]) -> dict[str, Any]:
    """RFC 9457, and the code of ours."""
    text = {"type": "string"}
    inner = {"code": {"enum": list(codes)}, "message": text}
    return {
        "type": "object",
        "properties": {
            "type": text, "title": text, "status": {"type": "integer"}, "detail": text,
            "error": {"type": "object", "properties": inner},
        },
    }  # fmt: skip


_PROBLEM: Final[Mapping[str, Any]] = {
    "description": "An error",
    "content": {
        "application/problem+json": {"schema": {"$ref": _REFERENCE.format(model="Error")}}
    },
}

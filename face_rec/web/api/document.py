"""The description of the API: OpenAPI 3.1."""

from collections.abc import Sequence
from typing import Any, Final

from face_rec import __version__
from face_rec.access.rights import SCOPES
from face_rec.web.api.api_request import LIMIT, MOST
from face_rec.web.gate.route_rules import API

_TEXT: Final = {"type": "string"}
_TIME: Final = {"type": "string", "format": "date-time"}
_DAY_OR_TIME: Final = {
    "anyOf": [{"type": "string", "format": "date"}, _TIME],
    "description": "A day is the site's local one: from is its beginning, to its end, so that "
    "the same day in both is that day. A time has its offset (RFC 3339). At most 31 days.",
}
_MAYBE_TEXT: Final = {"type": ["string", "null"]}
_PERSON: Final = {
    "type": "object",
    "properties": {
        "id": _TEXT, "name": _TEXT, "group": _TEXT, "email": _TEXT,
        "active": {"type": "boolean"}, "consent": {"type": "boolean"},
        "photos": {"type": "integer"}, "created_at": _TIME, "updated_at": _TIME,
    },
}  # fmt: skip
_EVENT: Final = {
    "type": "object",
    "properties": {
        "id": _TEXT, "at": _TIME,
        "person": {"type": ["object", "null"], "description": "null: the person was erased",
                   "properties": {"id": _TEXT, "name": _TEXT, "group": _TEXT}},
        "kind": {"enum": ["punch", "in", "out", "void", "retype", "confirm", "dispute"]},
        "source": {"enum": ["video", "still", "pin", "manual", "import"]},
        "kiosk": _TEXT, "score": {"type": ["number", "null"]},
        "target": {**_MAYBE_TEXT, "description": "the event that a correction is about"},
        "becomes": _MAYBE_TEXT, "author": _MAYBE_TEXT, "reason": _MAYBE_TEXT,
        "recorded_at": {"type": ["string", "null"], "format": "date-time"},
    },
}  # fmt: skip
_PHOTOS: Final = {"type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": 10}
_CERTIFICATE: Final = {
    "type": "object",
    "properties": {
        "certificate": _TEXT, "site": _TEXT, "erased_at": _TIME, "erased_by": _TEXT,
        "person": {"type": "object", "properties": {"id": _TEXT, "name": _TEXT}},
        "removed": {"type": "array", "items": {"type": "object"}},
        "gallery": {"type": "object"},
        "database_files": {"type": "array", "items": _TEXT},
        "kept": {"type": "array", "items": _TEXT},
    },
}  # fmt: skip
_DESCRIBED: Final = {
    ("PATCH", "/people/{id}"): "active: false deactivates: everything is kept, and the person is "
    "not recognised until activated again.",
    ("DELETE", "/people/{id}"): "The same as Erase on the pages, and cannot be undone: templates, "
    "photos, pictures of marks, profile, PIN, shifts and leave go, and the tie to the marks, "
    "which stay without a name. To let somebody rest, send active: false instead.",
}
_SUMMARY: Final = {
    ("GET", "/openapi.json"): "This description",
    ("GET", "/attendance"): "Events as recorded, oldest first, corrections included",
    ("GET", "/people"): "Registered people",
    ("POST", "/people"): "Register somebody with their photos",
    ("GET", "/people/{id}"): "One person",
    ("PATCH", "/people/{id}"): "Change a person",
    ("DELETE", "/people/{id}"): "Erase a person for good, everywhere; returns the certificate",
    ("POST", "/people/{id}/photos"): "Add photos to a person",
}


def document(codes: Sequence[str]) -> dict[str, Any]:
    """The whole; ``codes``: every code an error can have."""
    paths: dict[str, dict[str, Any]] = {}
    for method, path in API:
        paths.setdefault(path, {})[method.lower()] = _operation(method, path)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Attendance", "version": __version__},
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Person": _PERSON, "Event": _EVENT, "Error": _error(codes)},
        },
    }


def _operation(method: str, path: str) -> dict[str, Any]:
    right = API[method, path]
    scope = next((scope.value for scope, r in SCOPES.items() if r is right), None)
    described: dict[str, Any] = {
        "summary": _SUMMARY[method, path],
        "description": _described(method, path, scope),
        "parameters": _parameters(method, path),
        "responses": {**_answer(method, path), "default": _problem()},
    }
    body = _body(method, path)
    return {**described, "requestBody": body} if body else described


def _described(method: str, path: str, scope: str | None) -> str:
    needed = f"Scope: {scope}." if scope else "Any valid token."
    return f"{_DESCRIBED.get((method, path), '')} {needed}".strip()


def _parameters(method: str, path: str) -> list[dict[str, Any]]:
    if "{id}" in path:
        return [{"name": "id", "in": "path", "required": True, "schema": _TEXT}]
    listed = method == "GET" and path in {"/people", "/attendance"}
    found = [_query("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}),
             _query("cursor", _TEXT)] if listed else []  # fmt: skip
    if path == "/attendance":
        found += [_query("from", _DAY_OR_TIME), _query("to", _DAY_OR_TIME),
                  _query("person", _TEXT)]  # fmt: skip
    return found


def _body(method: str, path: str) -> dict[str, Any] | None:
    texts = {"id": _TEXT, "name": _TEXT, "group": _TEXT, "email": _TEXT}
    if method == "PATCH":
        schema = {"type": "object", "properties": {**texts, "active": {"type": "boolean"}}}
        return {"required": True, "content": {"application/json": {"schema": schema}}}
    if method != "POST":
        return None
    form: dict[str, Any] = {"photos": _PHOTOS, "reason": _TEXT}
    required = ["photos"]
    if path == "/people":
        form |= {**texts, "consent": {"const": "yes"}}
        required += ["id", "name", "consent"]
    schema = {"type": "object", "required": required, "properties": form}
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


def _answer(method: str, path: str) -> dict[str, Any]:
    if method == "DELETE":
        return {"200": _json("Erased: the certificate, of which no copy is kept", _CERTIFICATE)}
    if path == "/openapi.json":
        return {"200": _json("OpenAPI", {"type": "object"})}
    if path == "/attendance":
        return {"200": _json("A page", _page("Event"))}
    if (method, path) == ("GET", "/people"):
        return {"200": _json("A page", _page("Person"))}
    status = "201" if (method, path) == ("POST", "/people") else "200"
    return {status: _json("The person", _ref("Person"))}


def _page(name: str) -> dict[str, Any]:
    items = {"type": "array", "items": _ref(name)}
    following = {**_MAYBE_TEXT, "description": "the cursor of the next page; null: the last"}
    return {"type": "object", "properties": {"items": items, "next": following}}


def _error(codes: Sequence[str]) -> dict[str, Any]:
    inner = {"code": {"enum": list(codes)}, "message": _TEXT}
    return {
        "type": "object",
        "properties": {
            "type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT,
            "error": {"type": "object", "properties": inner},
        },
    }  # fmt: skip


def _problem() -> dict[str, Any]:
    """RFC 9457."""
    content = {"application/problem+json": {"schema": _ref("Error")}}
    return {"description": "An error", "content": content}


def _json(text: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema}

"""One operation of the API: what is asked, who answers, and how it is described.

Handler and description stand in one place, and what a handler answers is a model that the
description is made from; so neither can change without the other.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request

from face_rec.clock import Clock
from face_rec.people.enrolment import Enrolment
from face_rec.privacy.erase import Erasure
from face_rec.protocols.marks import MarkReader
from face_rec.protocols.people import PeopleReader
from face_rec.web.api.query import Parameter


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
    zone: tzinfo = UTC
    """The site's, for plain dates."""


Handler = Callable[[Request, Parts], Awaitable[BaseModel | Mapping[str, Any]]]
"""Returns what the answer's JSON says."""


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

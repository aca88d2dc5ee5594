"""An API token: a program that may use ``/api/v1`` or ``/metrics``."""

from dataclasses import dataclass, field
from datetime import datetime

from face_rec.access.rights import Scope


@dataclass(frozen=True, slots=True)
class Token:
    """What is stored of a token: never the token itself."""

    id: str
    title: str
    digest: str = field(repr=False)
    scopes: frozenset[Scope]
    expires_at: datetime
    created_by: str
    created_at: datetime
    version: int = 0

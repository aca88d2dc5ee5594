"""For who decides about what people have asked for: a view of Records."""

from dataclasses import dataclass

from face_rec.facades.facade import Facade
from face_rec.requests.desk import RequestDesk


@dataclass(frozen=True, slots=True)
class RequestsFacade(Facade):
    requests: RequestDesk

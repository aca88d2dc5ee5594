"""The link by which a visitor reads on their own phone what is kept of them, and agrees."""

from typing import Final

from face_rec.notices.running.links import Links, Said
from face_rec.visitors.visit import Visit
from face_rec.visitors.visitor_service import VisitorService

VISIT: Final = "visit"
"""What such a link is for, and its place in the address."""


class VisitorLinks:
    """Safe from any thread; may raise StoreUnavailable."""

    def __init__(self, links: Links, service: VisitorService) -> None:
        self._links = links
        self._service = service

    def path(self, visit: Visit) -> str:
        """Of its page; it ends with the visit."""
        return f"/{VISIT}/{self._links.token(VISIT, Said(visit.id), visit.until)}"

    def find(self, token: str) -> Visit | None:
        """None for a link that is none of ours, over, or of a visit that is erased or has been."""
        said = self._links.read(VISIT, token) if self._service.on() else None
        found = self._service.records.visits.get(said.what) if said else None
        return None if found is None or found.left_at is not None else found

"""``/.well-known/security.txt``: whom to tell of a weakness (RFC 9116)."""

from datetime import UTC, datetime, time, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from face_rec.clock import Clock

PATH: Final = "/.well-known/security.txt"
_GOOD_FOR: Final = timedelta(days=180)  # RFC 9116, 2.5.5 recommends less than a year
_UNSET: Final = (
    "The operator of this installation has named no contact. Operator: set SECURITY_CONTACT.\n"
)


def security_txt(contact: str, now: datetime) -> str:
    """The file; it runs out half a year after the day of ``now``, and is new every day."""
    midnight = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    expires = (midnight + _GOOD_FOR).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en\n"


def routes(contact: str | None, clock: Clock) -> list[Route]:
    """The route; without a contact it answers 404 and says which setting is missing."""

    async def answer(_request: Request) -> PlainTextResponse:
        if contact is None:
            return PlainTextResponse(_UNSET, 404)
        return PlainTextResponse(security_txt(contact, clock.now()))

    return [Route(PATH, answer)]

"""What a phone that registers somebody is told after each of its stills."""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request

from face_rec.clock import Clock
from face_rec.domain.errors import LinkInvalid, RequestRefused
from face_rec.invitations.phone import PhoneCapture
from face_rec.invitations.phone_enrolment import Guest
from face_rec.languages.translator import Translator
from face_rec.web.frames.phone_stills import PhoneStills
from face_rec.web.frames.told_guide import guide_of

AtTheCamera = Callable[[Request], Awaitable[tuple[Guest, PhoneCapture | None]]]
_ENDED: Final = "This registration has ended. Reload the page."


def pictures(
    who: AtTheCamera, clock: Callable[[], Clock], words: Callable[[str], Translator]
) -> PhoneStills[PhoneCapture]:
    """``who``: who has the link, and what their phone has begun; raises LinkInvalid. ``words``:
    what is said in a language."""

    async def capture(request: Request) -> PhoneCapture:
        try:
            _, found = await who(request)
        except LinkInvalid as error:
            raise RequestRefused(410, str(error)) from None
        if found is None:
            raise RequestRefused(404, _ENDED)
        return found

    async def told(one: PhoneCapture) -> dict[str, object]:
        return {"guide": guide_of(one.guide, words(one.language))}

    return PhoneStills(capture, clock, told)

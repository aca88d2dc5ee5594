"""``/passkeys.js``: the one script of the pages around the sign-in."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from face_rec.web.signin.html import FOLDER

_SCRIPT: Final = (FOLDER / "passkeys.js").read_text(encoding="utf-8")


def routes() -> list[Route]:
    async def script(_: Request) -> Response:
        headers = {"Cache-Control": "max-age=300"}
        return Response(_SCRIPT, media_type="text/javascript", headers=headers)

    return [Route("/passkeys.js", script)]

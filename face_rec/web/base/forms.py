"""Forms that only our own pages can send: a token in the form and in a cookie (double submit)."""

import hashlib
import hmac
from typing import Final

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from face_rec.access.secrets import new_secret
from face_rec.web.base import cookies
from face_rec.web.base.reader import words_of

FIELD: Final = "form_token"
_COOKIE: Final = "fr_form"
_FIELDS: Final = 10


def form_token(request: Request) -> str:
    """The browser's token, or a new one; several open forms share it."""
    return cookies.read(request, _COOKIE) or new_secret()


def keep(response: Response, request: Request, token: str) -> None:
    """Let the browser bring the token back."""
    cookies.write(response, request, _COOKIE, token, same_site="strict")


async def checked_form(request: Request) -> dict[str, str]:
    """The form's texts; raises HTTPException 403 unless it carries the browser's token."""
    return _checked(request, await request.form(max_files=0, max_fields=_FIELDS))


async def checked_file(request: Request, name: str, most: int) -> bytes:
    """The file of a form with one, or as much of it as is enough to see that it has more than
    ``most`` bytes; nothing where none was chosen. Raises as :func:`checked_form` does."""
    async with request.form(max_files=1, max_fields=_FIELDS) as form:
        _checked(request, form)
        sent = form.get(name)
        return await sent.read(most + 1) if isinstance(sent, UploadFile) else b""


def _checked(request: Request, form: FormData) -> dict[str, str]:
    texts = {name: "" if isinstance(v, UploadFile) else v for name, v in form.items()}
    given, wanted = texts.pop(FIELD, ""), cookies.read(request, _COOKIE)
    if not wanted or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise HTTPException(
            403,
            words_of(request).gettext(
                "This form has expired. Go back, reload the page and send it again."
            ),
        )
    return texts


def text_token(text: str) -> str:
    """Goes along with a form by which a text is agreed to: whether that is the one which was on
    the page, for it may be another one by now."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]

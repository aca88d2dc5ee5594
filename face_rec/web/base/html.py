"""Our own HTML pages, outside Streamlit: autoescaped, without a script."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from face_rec.languages.translator import ENGLISH, Translator
from face_rec.web.base.forms import FIELD, form_token, keep
from face_rec.web.base.headers import FORMS
from face_rec.web.base.kiosk_key import FORGET
from face_rec.web.base.reader import helpers, in_words, words_of

FOLDER: Final = Path(__file__).parent / "templates"
"""The pages, with their style sheet and scripts."""
_environment: Final = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined
)
_CSS: Final = (FOLDER / "access.css").read_text(encoding="utf-8")


def render(
    request: Request,
    template: str,
    site_title: str,
    status: int = 200,
    /,
    *,
    words: Translator | None = None,
    **values: object,
) -> HTMLResponse:
    """The named template as an answer, with a fresh token for its forms, in the language of
    ``words``; None: in that of who asks."""
    token = form_token(request)
    answer = render_plain(
        template, site_title, status, {"Cache-Control": "no-store"},
        words=words or words_of(request),
        form_field=FIELD, form_token=token, **values,
    )  # fmt: skip
    keep(answer, request, token)
    return answer


def render_plain(
    template: str,
    site_title: str,
    status: int,
    headers: Mapping[str, str],
    /,
    *,
    words: Translator = ENGLISH,
    **values: object,
) -> HTMLResponse:
    """The same of a page on which nothing is changed, so that it needs no token."""
    text = _environment.get_template(template).render(
        site=site_title, **helpers(words), **in_words(words, values)
    )
    return HTMLResponse(text, status, {**headers, "Content-Security-Policy": FORMS})


def fragment(template: str, words: Translator, **values: object) -> str:
    """A part of a page."""
    return _environment.get_template(template).render(**helpers(words), **values)


def code_route(path: str, kind: str, *names: str) -> Route:
    """Files of :data:`FOLDER`, one after another, as one."""
    text = "".join((FOLDER / name).read_text(encoding="utf-8") for name in names)

    async def answer(_: Request) -> Response:
        return Response(text, media_type=kind, headers={"Cache-Control": "max-age=300"})

    return Route(path, answer)


def routes() -> list[Route]:
    """The style sheet of these pages, and the script of the one that says that somebody is signed
    out: a browser that is nobody any more keeps no kiosk."""

    async def css(_: Request) -> Response:
        return Response(_CSS, media_type="text/css", headers={"Cache-Control": "max-age=300"})

    async def forget(_: Request) -> Response:
        headers = {"Cache-Control": "no-store"}
        return Response(
            f"{FORGET}forgetWorker();\n", media_type="text/javascript", headers=headers
        )

    return [Route("/access.css", css), Route("/kiosk/forget.js", forget)]

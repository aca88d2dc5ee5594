"""Our own HTML pages, outside Streamlit: autoescaped, without a script."""

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from face_rec.web.base.forms import FIELD, form_token, keep
from face_rec.web.base.headers import FORMS

FOLDER: Final = Path(__file__).parent / "templates"
"""The pages, with their style sheet and scripts."""
_environment: Final = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined
)
KIOSK_KEY: Final = (FOLDER / "kiosk_key.js").read_text(encoding="utf-8")
"""Signs with the device's own key; the page and the kiosk's watch use the same."""
_CSS: Final = (FOLDER / "access.css").read_text(encoding="utf-8")


def render(
    request: Request, template: str, site_title: str, status: int = 200, /, **values: object
) -> HTMLResponse:
    """The named template as an answer, with a fresh token for its forms."""
    token = form_token(request)
    text = _environment.get_template(template).render(
        site=site_title, form_field=FIELD, form_token=token, **values
    )
    answer = HTMLResponse(
        text, status, {"Cache-Control": "no-store", "Content-Security-Policy": FORMS}
    )
    keep(answer, request, token)
    return answer


def routes() -> list[Route]:
    """The style sheet of these pages."""

    async def css(_: Request) -> Response:
        return Response(_CSS, media_type="text/css", headers={"Cache-Control": "max-age=300"})

    return [Route("/access.css", css)]

"""Pages that answer strangers while the database is away: a sentence with a code, and a log that
holds no secret of theirs."""

from types import SimpleNamespace
from typing import NoReturn

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.testclient import TestClient

from config import load
from face_rec import assembly
from face_rec.assembly.web import serving
from face_rec.domain.errors import JournalError, StoreUnavailable
from face_rec.web import entrance
from face_rec.web.signin.login import Site


def _away(*_: object) -> NoReturn:
    raise StoreUnavailable("Redis does not answer.")


async def _asks(_: Request) -> Response:
    _away()


def _get(route: BaseRoute, path: str) -> tuple[int, str]:
    browser = TestClient(Starlette(routes=[route]), raise_server_exceptions=False)
    answer = browser.get(path)
    return answer.status_code, answer.headers.get("retry-after", "")


def test_what_is_logged_then_names_the_page_and_not_the_link(
    caplog: pytest.LogCaptureFixture,
) -> None:
    (route,) = entrance.said([Route("/my/link/{shown}", _asks)], Site(lambda: "School"))
    assert _get(route, "/my/link/subject1.s3cret") == (503, "5")
    ours = [one.getMessage() for one in caplog.records if one.name == entrance.__name__]
    assert len(ours) == 1
    assert "/my/link/{shown}" in ours[0]
    assert "s3cret" not in ours[0], "whoever reads the log could use it when Redis is back"


def test_a_full_disk_is_said_without_where_it_is() -> None:
    async def refused(_: Request) -> Response:
        raise JournalError("Changes cannot be kept in /srv/data/journal.")

    (route,) = entrance.said([Route("/visit/{token}", refused)], Site(lambda: "School"))
    browser = TestClient(Starlette(routes=[route]), raise_server_exceptions=False)
    answer = browser.get("/visit/subject1.s3cret")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "could not be saved" in answer.text
    assert "/srv/data" not in answer.text


def test_a_calendar_program_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    found = assembly.routes(load({"ACCOUNTS": "on"}, dotenv=None))
    (route,) = (one for one in found if getattr(one, "path", "").startswith("/calendar/"))
    monkeypatch.setattr(serving, "holder", SimpleNamespace(current=_away))
    assert _get(route, "/calendar/subject1.s3cret.ics") == (503, "5")

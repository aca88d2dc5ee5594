"""Every page over the system as it is really put together: no façade lacks what its page calls."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config import load
from face_rec import assembly
from face_rec.access.control.access_control import Access
from face_rec.access.pages import Page
from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Role, rights_of
from face_rec.access.signin.own_sessions import OwnSessions
from face_rec.domain.groups import ALL_GROUPS
from face_rec.facades.frame import FrameFacade
from face_rec.stores.redis.client import Client
from tests.unit.pages.pages_app import opened

ADMIN = Principal(PrincipalKind.USER, "ada", "ada", rights_of(Role.ADMIN), ALL_GROUPS)

SOMEBODY = Principal(PrincipalKind.PERSON, "erased", "the person", rights_of(Role.PERSON))


@pytest.fixture
def system(redis_client: Client, tmp_path: Path) -> Iterator[assembly.System]:
    """Built and installed as the app does it; no model, nobody registered."""
    port = redis_client.connection_pool.connection_kwargs["port"]
    url = f"redis://127.0.0.1:{port}/0"
    values = {"REDIS_URL": url, "DATA_DIR": str(tmp_path), "ACCOUNTS": "on"}
    settings = load(values, dotenv=None)
    with assembly.build(settings) as built:
        assembly.install(built)
        yield built
        assembly.install(None)


@pytest.mark.timeout(180)
def test_every_page_opens_over_the_real_system(
    system: assembly.System, monkeypatch: pytest.MonkeyPatch
) -> None:
    # AppTest shows no cookies: who they are is said here, and all else is as the app has it.
    who = [ADMIN]
    monkeypatch.setattr(Access, "in_tab", lambda *_: who[0])
    monkeypatch.setattr(OwnSessions, "unseen", lambda *_: None)
    monkeypatch.setattr(OwnSessions, "previous", lambda *_: None)
    assert system.kiosks.knows("main")  # asked outside of a page: AppTest has no address to note
    for page in Page:
        who[0] = SOMEBODY if page is Page.MY_ATTENDANCE else ADMIN
        shown = opened(page.file)
        assert not shown.exception, page
        assert not shown.error, page
        assert shown.title[0].value == page.title


def test_without_a_system_pages_are_told_how_to_start_one() -> None:
    with pytest.raises(RuntimeError, match=r"python app\.py"):
        FrameFacade.current()

"""A view's title is free text: somebody who is erased is not left in it, nor in the audit log."""

from contextlib import ExitStack
from pathlib import Path

from face_rec.assembly.privacy import privacy_of
from face_rec.assembly.storage.stores import open_stores
from face_rec.assembly.views import open_views
from face_rec.attendance.explore.view import View
from face_rec.clock import SystemClock
from face_rec.stores.redis.client import Client
from tests.integration.archive.site import settings_of
from tests.redis_servers import Server
from tests.samples import a_person, a_template

NAME = "Zacharias Quendel"


def _named(client: Client) -> list[bytes]:
    found = []
    for key in client.scan_iter():
        read = {
            b"hash": client.hgetall, b"list": lambda k: client.lrange(k, 0, -1),
            b"stream": client.xrange, b"string": client.get, b"set": client.smembers,
        }  # fmt: skip
        if NAME in str(read[client.type(key)](key)):  # type: ignore[index,operator]
            found.append(key)
    return found


def test_a_view_that_is_called_after_somebody_goes_with_them(
    tmp_path: Path, redis_server: Server, redis_client: Client
) -> None:
    settings, clock = settings_of(tmp_path, redis_server, ""), SystemClock()
    with ExitStack() as stack:
        stores = open_stores(settings, clock, stack)
        zac = stores.writers.people.create(
            a_person("8", NAME), [a_template(1)], stores.people.revision()
        )
        views = open_views(stores.views, stores.access, clock)
        for title in (f"Hours of {NAME.upper()}", f"{NAME}s team", "Week 8"):
            views.save(View("", "boss", title, "hours", "week", span="30 days"))
        kept = (("view", "Days"), ("group", "Office"))
        views.save(View("", "boss", f"{NAME}, late", "", "", page="records", chosen=kept))
        assert any(b"views" in key for key in _named(redis_client))
        privacy = privacy_of(settings, stores, clock, lambda _: True)
        certificate = privacy.erasure.erase(zac.subject, "boss")
        removed = {one.what: one.count for one in certificate.removed}
        assert removed["view that names them"] == 2
        assert [view.title for view in views.of("boss")] == ["Week 8", f"{NAME}s team"]
        views.remove(views.of("boss")[1].id, "boss", anybodys=False)
        assert _named(redis_client) == []

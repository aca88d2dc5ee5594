"""A view's title is free text: somebody who is erased is not left in it, nor in the audit log."""

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from face_rec.access.rights import Role
from face_rec.assembly.people.personal_data import privacy_of
from face_rec.assembly.people.views import open_views, views_keeper
from face_rec.assembly.storage.stores import open_stores
from face_rec.attendance.explore.titles import retitled
from face_rec.attendance.explore.view import View
from face_rec.attendance.explore.views import LONGEST
from face_rec.clock import SystemClock
from face_rec.domain.groups import ALL_GROUPS
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.redis.client import Client
from tests.fakes.access import MemoryRecords
from tests.fakes.clock import FakeClock
from tests.fakes.people import FakePeople
from tests.gate_app import PASSWORD, access_on
from tests.integration.archive.site import settings_of
from tests.redis_servers import Server
from tests.samples import a_person, a_template, added

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


def test_what_somebody_shares_is_nobodys_while_they_may_not_open_its_page_themselves(
    redis_client: Client,
) -> None:
    clock = FakeClock()
    access = access_on(redis_client, clock)
    for name, role in (("boss", Role.ADMIN), ("mia", Role.MANAGER)):
        access.accounts.create(name, PASSWORD, role, ALL_GROUPS)
    views = open_views(RedisRecords(redis_client, "main", View), access, clock)
    views.save(View("", "mia", "Hours", "hours", "week", span="30 days", shared=True))
    views.save(View("", "mia", "Days", "", "", page="records", shared=True))
    views.save(View("", "mia", "Everybody", "", "", page="people", shared=True))

    def read(page: str) -> list[str]:
        return [view.title for view in views.of("boss", page)]

    assert [read(page) for page in ("", "records", "people")] == [["Hours"], ["Days"], []]
    access.accounts.change("mia", role=Role.REGISTRAR, groups=ALL_GROUPS, active=True)
    assert [read(page) for page in ("", "records", "people")] == [[], [], ["Everybody"]]
    assert [view.title for view in views.of("mia")] == ["Hours"], "what is theirs stays theirs"
    access.accounts.change("mia", role=Role.MANAGER, groups=ALL_GROUPS, active=True)
    assert read("") == ["Hours"]


@pytest.mark.parametrize(
    "title",
    ["Hours of Jose\u0301 Quendel", "JOS\u00c9 QUENDEL", "\uff2aos\u00e9\u00a0Quendel, late"],
)
def test_a_name_is_found_in_a_title_however_its_letters_and_blanks_are_written(title: str) -> None:
    people, records = FakePeople(FakeClock()), MemoryRecords[View]()
    joe = added(people, a_person("8", "Jos\u00e9  Quendel"))
    records.create(View("one", "boss", title, "hours", "week"))
    records.create(View("two", "boss", "Jos\u00e9 Quendelmann", "hours", "week"))
    assert views_keeper(records, people).forget(joe.subject) == 1
    assert [view.id for view in records.all()] == ["two"]


def test_who_is_called_otherwise_now_is_called_so_in_titles_and_goes_with_them_when_erased(
    tmp_path: Path, redis_server: Server, redis_client: Client
) -> None:
    settings, clock = settings_of(tmp_path, redis_server, ""), SystemClock()
    with ExitStack() as stack:
        stores = open_stores(settings, clock, stack)
        writer = stores.writers.people
        zac = writer.create(a_person("E-8", NAME), [a_template(1)], stores.people.revision())
        views = open_views(stores.views, stores.access, clock)
        for title in (f"Hours of {NAME.upper()} (e-8)", f"{NAME}s team", "Week 8"):
            views.save(View("", "boss", title, "hours", "week", span="30 days"))
        zac = writer.update(replace(zac, group="Office"))
        assert f"Hours of {NAME.upper()} (e-8)" in [view.title for view in views.of("boss")]
        writer.update(replace(zac, name="Zacharias Amsel", id="E-9"))
        assert [view.title for view in views.of("boss")] == [
            "Hours of Zacharias Amsel (E-9)", "Week 8", f"{NAME}s team",
        ]  # fmt: skip
        privacy = privacy_of(settings, stores, clock, lambda _: True)
        privacy.erasure.erase(zac.subject, "boss")
        assert [view.title for view in views.of("boss")] == ["Week 8", f"{NAME}s team"]


@pytest.mark.parametrize(
    ("title", "now"),
    [
        ("Hours of Jose\u0301  Quendel", "Hours of Ann Amsel"),
        ("JOS\u00c9 QUENDEL, late", "Ann Amsel, late"),
        ("Jos\u00e9 Quendelmann", "Jos\u00e9 Quendelmann"),
        (f"{'x' * 47} Jos\u00e9 Quendel", f"{'x' * 47} Ann Amsel"),
    ],
)
def test_the_name_of_today_stands_in_the_place_of_the_former_one(title: str, now: str) -> None:
    was = a_person("8", "Jos\u00e9 Quendel")
    assert retitled(title, was, replace(was, name="Ann Amsel")) == now


def test_a_name_whose_letters_only_read_alike_is_found_and_a_title_has_room() -> None:
    was = a_person("8", "Rita Strauss")
    assert retitled("Zeit von RITA STRAU\u00df", was, replace(was, name="Rita Ott")) == (
        "zeit von Rita Ott"
    )
    long = retitled("Rita Strauss", was, replace(was, name="Rita " + "O" * 90))
    assert len(long) == LONGEST

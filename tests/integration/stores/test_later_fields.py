"""Two versions share a Redis: what the later one has added to a record stays when this one, which
does not know it, writes the record anew."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np

from face_rec.access.accounts.account import Account
from face_rec.access.devices.device import Device
from face_rec.access.rights import Role
from face_rec.attendance.rules.calendar import Holiday
from face_rec.attendance.rules.shift import Shift
from face_rec.clock import SystemClock
from face_rec.domain.faces import View
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.domain.people import Consent, Person, Template, TemplateInfo
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.attendance import event_codec
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.journal.journal import FileJournal
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import access_keys, keys
from face_rec.stores.redis.client import Client
from face_rec.stores.site.site_state import RedisOptions

AT = datetime(2025, 3, 10, 8, tzinfo=UTC)
LATER = {"of a later version": {"x": [1, "ü"]}}


def _add(client: Client, key: str, field: str) -> None:
    """What a later version has written."""
    text = cast("bytes", client.hget(key, field))
    client.hset(key, field, json.dumps(json.loads(text) | LATER))


def _has(client: Client, key: str, field: str) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", json.loads(cast("bytes", client.hget(key, field))))


def test_a_person(redis_client: Client) -> None:
    people = RedisPeople(redis_client, "main", SystemClock())
    info = TemplateInfo(0, View.FRONT, 0.9, "c0ffee", AT)
    vector = np.full(4, 0.5, np.float32)
    consent = Consent("I agree.", "2", AT, None)
    made = people.create(
        Person("s1", "E7", "Ada", "Office", "", consent=consent, photo=None),
        [Template(info, vector)], people.revision(),
    )  # fmt: skip
    key = keys.person("main", "s1")
    _add(redis_client, key, keys.ABOUT)
    infos = json.loads(cast("bytes", redis_client.hget(key, keys.TEMPLATES)))
    redis_client.hset(key, keys.TEMPLATES, json.dumps([infos[0] | LATER]))

    changed = people.update(replace(made, name="Ada L.", group="Shop"))
    assert _has(redis_client, key, keys.ABOUT).items() >= {"name": "Ada L.", **LATER}.items()
    assert json.loads(cast("bytes", redis_client.hget(key, keys.TEMPLATES)))[0].items() >= (
        LATER.items()
    )
    other = Template(replace(info, slot=1), vector)
    both = [Template(info, vector), other]
    people.put_templates("s1", both, changed.version, people.revision())
    kept, new = json.loads(cast("bytes", redis_client.hget(key, keys.TEMPLATES)))
    assert kept.items() >= LATER.items()
    assert not new.keys() & LATER.keys()
    assert _has(redis_client, key, keys.ABOUT).items() >= LATER.items()


def test_rules_and_kiosks(redis_client: Client) -> None:
    rules = RedisRules(redis_client, "main")
    before = (Shift("day", "Day"), Holiday("h", AT.date(), "May Day"), KioskRecord("door"))
    after = (
        Shift("day", "Late"), Holiday("h", AT.date(), "Other"), KioskRecord("door", title="Gate")
    )  # fmt: skip
    rules.put(*before)
    places = [(keys.rule("main", kind), name) for kind, name in
              (("shifts", "day"), ("holidays", "h"), ("kiosks", "door"))]  # fmt: skip
    for place in places:
        _add(redis_client, *place)
    rules.put(*after, seen=rules.version())
    for place in places:
        assert _has(redis_client, *place).items() >= LATER.items()
    found = rules.load()
    assert (found.shifts, found.holidays, found.kiosks) == tuple((one,) for one in after)


def test_accounts_and_devices_but_not_what_older_ones_said(redis_client: Client) -> None:
    accounts = RedisRecords(redis_client, "main", Account)
    accounts.create(Account(id="ada", role=Role.ADMIN))
    devices = RedisRecords(redis_client, "main", Device)
    devices.create(Device("door"))
    for kind, name in (("accounts", "ada"), ("devices", "door")):
        _add(redis_client, access_keys.access("main", kind), name)
    redis_client.hset(
        access_keys.access("main", "devices"), "door",
        json.dumps(dict(_has(redis_client, access_keys.access("main", "devices"), "door"))
                   | {"title": "Old", "pin": True}),
    )  # fmt: skip
    account, device = accounts.get("ada"), devices.get("door")
    assert account is not None
    assert device is not None
    accounts.update(replace(account, role=Role.MANAGER))
    devices.update(replace(device, digest="new"))
    stored = _has(redis_client, access_keys.access("main", "accounts"), "ada")
    assert stored.items() >= {"role": "manager", "version": 2, **LATER}.items()
    stored = _has(redis_client, access_keys.access("main", "devices"), "door")
    assert stored.items() >= {"digest": "new", **LATER}.items()
    assert not {"title", "pin"} & stored.keys()


def test_what_was_chosen_for_the_site(redis_client: Client) -> None:
    options = RedisOptions(redis_client, "main")
    assert options.save({"title": "School"}, 0)
    redis_client.hset(keys.options("main"), "of-a-later-version", "7")
    found = options.load()
    assert options.save({**found.values, "title": "Other"}, found.version)
    assert options.load().values == {"title": "Other", "of-a-later-version": "7"}


def test_a_mark_that_another_version_left_in_the_journal(
    redis_client: Client, tmp_path: Path
) -> None:
    event = Event("e1", "s1", AT, EventKind.PUNCH, Source.VIDEO, "door")
    more = replace(event, beyond=json.dumps(LATER))
    assert json.loads(event_codec.encode(more)).items() >= LATER.items()
    later = FileJournal(tmp_path)
    later.append(more)
    later.close()
    here = FileJournal(tmp_path)
    (found,) = here.pending()
    assert replace(found, beyond="") == event
    RedisAttendance(redis_client, "main").apply(found, 60.0)
    (line,) = cast("list[bytes]", redis_client.lrange(keys.attendance("main", AT.date()), 0, -1))
    assert json.loads(line).items() >= LATER.items()
    here.settle("e1")
    here.close()

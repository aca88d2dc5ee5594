"""A site that has lost Redis comes back from the archive alone, as far as an archive goes."""

from dataclasses import replace
from pathlib import Path

import pytest

from face_rec.access.rights import Role
from face_rec.archive.restoring import Restored
from face_rec.assembly.archive.postgres import build_archive_restore
from face_rec.attendance.rules.calendar import Holiday
from face_rec.domain.errors import NotEmpty
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.stores.redis.client import Client
from tests.fakes.clock import MORNING
from tests.gate_app import PASSWORD
from tests.integration.archive.site import DAY, settings_of, site
from tests.killed import killed_after
from tests.redis_servers import Server

KEY = "c" * 40
WHEN = MORNING.date()


@pytest.mark.parametrize("days", ["0", "90"])
def test_marks_people_rules_and_the_audit_log_come_back(
    tmp_path: Path, redis_server: Server, redis_client: Client, archive_url: str, days: str
) -> None:
    more = {"CHAIN_KEY": KEY, "DATA_KEY": "k" * 40, "REDIS_DAYS": days}
    before = settings_of(tmp_path / "before", redis_server, archive_url, **more)
    with site(before) as at:
        ada = at.register("7", "Ada")
        for number in range(6):
            at.mark(f"e{number}", ada.subject, number * 3600)
        at.stores.writers.rules.put(Holiday("h", DAY, "Founders' day"))
        at.stores.writers.rules.put(KioskRecord("door", "Door", watched_from=MORNING))
        at.stores.access.accounts.create("boss", PASSWORD, Role.ADMIN)
        at.copy()
        marks, rules = at.stores.attendance.day(WHEN), at.stores.rules.load()
        audit = [(entry.number, entry.action) for entry in at.stores.access.audit.newest(50)]
        with build_archive_restore(before) as archive, pytest.raises(NotEmpty):
            archive.run(lambda: None)
    redis_client.flushall()
    after = settings_of(tmp_path / "after", redis_server, archive_url, **more)

    def restore() -> Restored:
        with build_archive_restore(after) as archive:
            return archive.run(lambda: None)

    kills = (3, 12, 21, 30) if days == "0" else ()
    assert all(killed_after(commands, restore) for commands in kills)
    found = restore()
    assert (found.events, found.people, found.rules, found.gone) == (6, 1, 2, 1)
    assert bool(redis_client.exists(f"left:{{main|{WHEN}}}")) is (days == "90")
    with site(after) as at:
        assert at.stores.attendance.day(WHEN) == marks
        back = at.stores.people.get(ada.subject)
        assert back is not None
        assert (back.id, back.name, back.consent, back.templates) == (
            ada.id, ada.name, ada.consent, (),
        )  # fmt: skip
        assert at.stores.people.by_id("7") == back
        assert at.stores.rules.load().holidays == rules.holidays
        (door,) = rules.kiosks
        assert at.stores.rules.kiosks() == (
            replace(door, watched_from=None),
        )  # no heartbeat is left
        assert [(e.number, e.action) for e in at.stores.access.audit.newest(50)] == audit
        assert at.stores.access.accounts.all() == []
        at.stores.chain.copy()
        assert at.stores.chain.verify().findings == ()
        at.mark("new", ada.subject, 8 * 3600)
        at.copy()
        at.stores.chain.copy()
        assert at.archive.verify.run().differences == ()

"""A visit that is erased, by a press or by itself, stands in no file, and opens nothing; killed in
the middle, it is erased to the end; a host who is erased leaves no tie."""

import base64
import re
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest

from config import Settings
from face_rec.assembly.notices import open_links, open_personal_mail, open_told
from face_rec.assembly.people.personal_data import privacy_of, purge_of
from face_rec.assembly.people.visitors import VisitorTelling
from face_rec.assembly.storage.stores import Stores, open_stores
from face_rec.clock import SystemClock
from face_rec.domain.errors import SignInRefused, StoreUnavailable
from face_rec.domain.groups import ALL_GROUPS
from face_rec.languages.translator import ENGLISH, Translators
from face_rec.notices.notice import Notice
from face_rec.privacy.ports import Purge
from face_rec.stores.backup.backup_records import BackupKeys
from face_rec.stores.chain.ledger import STREAMS
from face_rec.stores.notices.outbox import RedisOutbox
from face_rec.visitors.consent import VisitorTexts
from face_rec.visitors.phone import VisitorLinks
from face_rec.visitors.upkeep import VisitorUpkeep
from face_rec.visitors.visit import Guest, Visit
from face_rec.visitors.visitor_service import VisitorService
from tests.fakes.clock import FakeClock
from tests.integration.conftest import SettingsFrom
from tests.samples import a_person, a_template

NAME, COMPANY, WHY = "Zaphod Quartzfeldt", "Quartz & Sons Ltd", "Repairs the lift twice"
NEEDLES = [text.encode() for text in (NAME, COMPANY, WHY)]


@pytest.fixture(params=["plain", "sealed"])
def settings(request: pytest.FixtureRequest, settings_from: SettingsFrom) -> Settings:
    return settings_from(DATA_KEY="k" * 40 if request.param == "sealed" else "")


class Site:
    """The reception over real stores; the time is ``clock``'s."""

    def __init__(self, settings: Settings, stack: ExitStack) -> None:
        self.settings = settings
        self.clock = FakeClock(SystemClock().now())
        self.stores: Stores = open_stores(settings, self.clock, stack)
        self.stores.options.decide("visitors", "on")
        self.outbox = RedisOutbox(self.stores.client, "main")
        mail = open_personal_mail(
            settings, self.stores, open_told(self.stores, Translators()), self.clock
        )
        self.telling = VisitorTelling(self.stores.people, self.outbox, mail)
        self.service = self.reception(purge_of(settings, self.stores.client))

    def reception(self, purge: Purge) -> VisitorService:
        stores = self.stores
        return VisitorService(
            records=stores.visits, people=stores.people, badges=stores.access.badges,
            audit_log=stores.access.audit, clock=self.clock, on=lambda: True,
            zone=lambda: stores.options.current().timezone, tell=self.telling.came, purge=purge,
        )  # fmt: skip

    def visited(self) -> tuple[Visit, str]:
        """Somebody is here to whom all of it was done; with the code of their badge."""
        people = self.stores.people
        person = replace(a_person("HOST", "Ada Host"), email="ada@example.org")
        if people.by_id("HOST") is None:
            self.stores.writers.people.create(
                person, [a_template(1, dimension=512)], people.revision()
            )
        host, now = people.by_id("HOST"), self.clock.now()
        assert host is not None
        guest = Guest(NAME, COMPANY, WHY)
        made = self.service.announce(guest, host.subject, now, now + timedelta(minutes=5), "max")
        texts = VisitorTexts(own=str, days=lambda: 14, site=lambda: "School")
        self.service.agree(made.id, texts.shown(ENGLISH))
        code = self.service.badge(made.id, "max")
        self.service.come(made.id, "door")
        VisitorLinks(open_links(self.settings, self.clock), self.service).path(made)
        return made, code

    def everything(self) -> bytes:
        """All files of the site, journal and kept writes included, with what base64 hides."""
        folder = self.settings.data_dir
        raw = b"".join(one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file())
        found = re.findall(rb"[A-Za-z0-9+/]{16,}={0,2}", raw)
        return raw + b" ".join(base64.b64decode(one[: len(one) // 4 * 4]) for one in found)

    def kept(self) -> bytes:
        """The writes that this machine keeps, opened, with what base64 hides in them."""
        kept = self.stores.offers._kept
        assert kept is not None
        numbers = [number for name in STREAMS for number in kept.order(name).values()]
        found = [one.written() for number in numbers if (one := kept.read(number))]
        parts = [part for one in found for part in re.findall(rb"[A-Za-z0-9+/]{16,}={0,2}", one)]
        return b" ".join(found) + b" ".join(base64.b64decode(p[: len(p) // 4 * 4]) for p in parts)

    def left(self, *needles: bytes) -> list[bytes]:
        content = self.everything()
        return [one for one in (*NEEDLES, *needles) if one in content]

    def void(self, code: str) -> bool:
        with pytest.raises(SignInRefused):
            self.stores.access.badges.holder("door", code)
        return True


def test_what_a_press_erases_stands_in_no_file_and_its_badge_opens_nothing(
    settings: Settings,
) -> None:
    with ExitStack() as stack:
        site = Site(settings, stack)
        visit, code = site.visited()
        digest = site.stores.access.badges.of(visit.id)
        assert digest is not None
        clear = [] if settings.data_key else NEEDLES
        assert site.left() == clear, "or this test could not fail"
        assert [one for one in NEEDLES if one in site.kept()] == clear
        assert visit.guest.encode() in site.kept()
        assert [one.kind.value for one in _told(site)] == ["visitor.came"]
        assert site.service.erase([visit.id])
        key = digest.key.encode()
        assert site.left() == []
        assert not [one for one in (*NEEDLES, visit.guest.encode()) if one in site.kept()]
        aof = b"".join(p.read_bytes() for p in (settings.data_dir / "redis").rglob("*.aof"))
        assert key not in aof
        assert b'"holder":"visit-' not in aof
        assert site.void(code)
        entries = site.stores.access.audit.newest(100)
        assert {one.action for one in entries} >= {"visit.came", "visit.erased", "visit.badge"}
        assert not [n for n in NEEDLES if n.decode() in str(entries)]
        assert site.stores.visits.visits.all() == []
    assert BackupKeys("main").kind("access:{main}:visits") == "hash"


def _told(site: Site) -> list[Notice]:
    return [entry.notice for entry in site.outbox.after("0-0", 10)]


class KilledPurge:
    """Says that something is to be erased, and is cut off before it is done."""

    def __init__(self, real: Purge) -> None:
        self._real = real

    def want(self) -> None:
        self._real.want()

    def run(self) -> tuple[str, ...]:
        raise StoreUnavailable("killed")

    def finish(self) -> None: ...


def test_after_its_days_a_visit_goes_by_itself_and_what_was_cut_off_is_finished_at_a_start(
    settings: Settings,
) -> None:
    with ExitStack() as stack:
        site = Site(settings, stack)
        visit, code = site.visited()
        host = visit.host
        cut = site.reception(KilledPurge(purge_of(settings, site.stores.client)))
        told: list[str] = []
        upkeep = VisitorUpkeep(
            cut, site.clock, days=lambda: 14, overdue=lambda one: told.append(one.id)
        )
        assert upkeep.look() == 0
        site.clock.advance(timedelta(days=16).total_seconds())
        with pytest.raises(StoreUnavailable):
            upkeep.look()
        assert site.stores.visits.visits.all() == []
        assert site.left() == ([] if settings.data_key else NEEDLES), "not rewritten yet"
    with ExitStack() as stack:
        site = Site(settings, stack)
        privacy = privacy_of(settings, site.stores, site.clock, lambda _: True)
        privacy.retention.finish()
        assert site.left() == []
        assert site.void(code)
        other, _ = site.visited()
        removed = privacy.erasure.erase(host, "boss").removed
        assert ("tie to a visit as its host", 1) in [(one.what, one.count) for one in removed]
        (left,) = site.service.all(ALL_GROUPS)
        assert (left.visit.id, left.host, left.visit.host) == (other.id, None, "")
        assert (
            host.encode() not in repr(site.stores.client.hgetall("access:{main}:visits")).encode()
        )

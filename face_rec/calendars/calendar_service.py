"""Who has a calendar that is read from outside, and what whoever has its address is given."""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Final

from cachetools import LRUCache

from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.limits.throttle import BY_LINK, CALENDAR_READS, Throttle
from face_rec.access.principal import Principal
from face_rec.access.rights import Act, Right
from face_rec.access.secrets import joined, new_secret, parted
from face_rec.access.storage import Records
from face_rec.access.subject_records import SubjectRecords
from face_rec.attendance.attendance_service import ServiceByZone
from face_rec.calendars.entries import GROUP, OWN, Entry, content_of, of_group, of_person
from face_rec.calendars.feed import Feed, group_id
from face_rec.calendars.written import Edition, written
from face_rec.clock import Clock
from face_rec.domain.errors import LinkInvalid, NotAllowed, TryLater
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.protocols.people_store import PeopleReader

MOST_PEOPLE: Final = 150
"""Of a group, by name, in one calendar."""
_KEPT: Final = 16
_OVER: Final = msgid("This calendar is over, or its address was not copied whole.")
_OFTEN: Final = msgid("This calendar is asked for too often. Ask once in an hour.")
_NOT_YOURS: Final = msgid("You may not see this group. Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Served:
    """One edition of a calendar. ``body`` makes the file, which may take a second."""

    tag: str
    at: datetime
    body: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Rights:
    """What is asked anew at each look. ``principal_of``: an account as it stands; ``epoch_of``:
    how often all its sign-ins were ended, as a new password does, too; None where there is no
    account. ``open``: whether people may look at their own attendance."""

    principal_of: Callable[[str], Principal | None]
    epoch_of: Callable[[str], int | None]
    open: Callable[[], bool]


class CalendarService:
    """Safe from any thread; all may raise StoreUnavailable."""

    def __init__(
        self,
        records: Records[Feed],
        people: PeopleReader,
        services: ServiceByZone,
        *,
        rights: Rights,
        digests: Callable[[str], Sequence[str]],
        throttle: Throttle,
        audit_log: AuditLog,
        clock: Clock,
        words: Callable[[], tuple[str, str]],
        demand: Callable[[Act], None],
    ) -> None:
        """``digests``: of a secret, the newest key's first. ``words``: how the site is called,
        and how somebody is who is away. ``demand``: raises ProofNeeded without a fresh proof."""
        self._records = records
        self._feeds = SubjectRecords(records, lambda name: Feed(name, "", clock.now()))
        self._people = people
        self._services = services
        self._rights = rights
        self._digests = digests
        self._throttle = throttle
        self._audit_log = audit_log
        self._clock = clock
        self._words = words
        self._demand = demand
        self._made: LRUCache[str, bytes] = LRUCache(_KEPT)
        self._lock = Lock()

    # --- by whom it is of

    def own(self, subject: str) -> Feed | None:
        return self._there(subject)

    def own_since(self, subject: str) -> datetime | None:
        """When their address was made; None: there is none."""
        found = self.own(subject)
        return found.made_at if found else None

    def renew_own(self, subject: str) -> str:
        """The path of a new address; the one before leads nowhere."""
        person = self._people.get(subject)
        if person is None or not person.active:
            raise LinkInvalid(_OVER)
        made = self._renewed(subject, "", "")
        if self._people.get(subject) is None:  # an erasure, which hides its person first
            self.forget(subject)
            raise LinkInvalid(_OVER)
        self._audit_log.record(Action.CALENDAR_MADE, person.id, about=subject)
        return made

    def end_own(self, subject: str) -> int:
        """By the person, or by the office; how many that were."""
        ended = self.forget(subject)
        if ended:
            self._audit_log.record(Action.CALENDAR_ENDED, "own", about=subject)
        return ended

    def of_group(self, who: Principal, group: str) -> Feed | None:
        found = self._there(group_id(who.id, group))
        return None if found is None or self._is_over(found) else found

    def renew_group(self, who: Principal, group: str) -> str:
        """The same of a group that ``who`` sees. Raises NotAllowed, ProofNeeded."""
        if not _sees(who, group):
            raise NotAllowed(_NOT_YOURS)
        self._demand(Act.CALENDARS)
        made = self._renewed(group_id(who.id, group), who.id, group)
        self._audit_log.record(Action.CALENDAR_MADE, f"group {group}")
        return made

    def end_group(self, who: Principal, group: str) -> None:
        if self.forget(group_id(who.id, group)):
            self._audit_log.record(Action.CALENDAR_ENDED, f"group {group}")

    def _there(self, feed_id: str) -> Feed | None:
        found = self._records.get(feed_id)
        return found if found is not None and found.digest else None

    def _renewed(self, feed_id: str, account: str, group: str) -> str:
        """What it has said so far is remembered: programs that know its entries must be told a
        higher number."""
        secret, now = new_secret(), self._clock.now()
        digest = self._digests(secret)[0]
        epoch = self._rights.epoch_of(account) if account else None
        self._feeds.add(
            feed_id,
            lambda was: replace(
                was, digest=digest, made_at=now, account=account, group=group, epoch=epoch
            ),
        )
        return f"/calendar/{joined(feed_id, secret)}.ics"

    # --- by whoever has the address

    def read(self, token: str, address: str) -> Served:
        """Raises LinkInvalid where it leads nowhere, and TryLater where it, or
        whatever this address tries, is asked for too often."""
        feed = self._found(token, address)
        if self._throttle.try_now(CALENDAR_READS, feed.id) > CALENDAR_READS.tries:
            raise TryLater(_OFTEN, CALENDAR_READS.seconds)
        entries, name = self._entries(feed)
        feed = self._edition(feed, content_of(entries))
        at = feed.changed_at or feed.made_at
        edition = Edition(name, feed.sequence, at)
        about = f"{feed.id}|{feed.sequence}|{feed.content}|{name}"
        tag = hashlib.sha256(about.encode("utf-8", "surrogatepass")).hexdigest()
        return Served(tag[:32], at, lambda: self._file(tag, entries, edition))

    def _found(self, token: str, address: str) -> Feed:
        tries = self._throttle.try_now(BY_LINK, address)
        if tries > BY_LINK.tries:
            raise TryLater(_OFTEN, BY_LINK.seconds)
        feed_id, secret = parted(token) or ("", "")
        feed = self._there(feed_id) if feed_id else None
        held = feed.digest if feed is not None else ""
        good = [hmac.compare_digest(held, one) for one in self._digests(secret)]
        if feed is None or not any(good):
            raise LinkInvalid(_OVER)
        self._throttle.take_back(BY_LINK, address)
        return feed

    def _entries(self, feed: Feed) -> tuple[list[Entry], str]:
        """And how it is called. What has lost its ground ends here for good."""
        title, away = self._words()
        sheets = self._services.current().timesheets
        rules, zone, today = sheets.rules(), sheets.zone, sheets.today()
        if feed.of_group:
            people = self._of_group(feed)
            found = of_group(rules, zone, people, GROUP.days(today), away)
            return list(found), f"{title}: {feed.group}" if feed.group else title
        if not self._rights.open():
            raise LinkInvalid(_OVER)
        person = self._people.get(feed.id)
        if person is None or not person.active:
            self.forget(feed.id)
            raise LinkInvalid(_OVER)
        return list(of_person(rules, zone, person, OWN.days(today))), f"{title}: {person.name}"

    def _of_group(self, feed: Feed) -> list[Person]:
        who = self._rights.principal_of(feed.account)
        if who is None or not _sees(who, feed.group) or self._is_over(feed):
            self.forget(feed.id)
            raise LinkInvalid(_OVER)
        everybody = self._people.everybody().people
        found = [one for one in everybody if one.group == feed.group and one.active]
        return sorted(found, key=lambda one: (one.name, one.subject))[:MOST_PEOPLE]

    def _is_over(self, feed: Feed) -> bool:
        """Whether all sign-ins of the account were ended since: whoever had got in may have made
        the address. One of an older version stands on what is now."""
        epoch = self._rights.epoch_of(feed.account)
        if feed.epoch is None and epoch is not None:
            self._feeds.change(feed.id, lambda was: replace(was, epoch=epoch))
        return feed.epoch is not None and feed.epoch != epoch

    def _edition(self, feed: Feed, content: str) -> Feed:
        """It is another one whenever it says something else."""
        if feed.content == content:
            return feed
        now = self._clock.now()

        def changed(was: Feed) -> Feed:
            if was.content == content:
                return was
            return replace(was, content=content, sequence=was.sequence + 1, changed_at=now)

        made = self._feeds.change(feed.id, changed)
        if not made.digest:  # it was switched off at this moment
            raise LinkInvalid(_OVER)
        return made

    def _file(self, tag: str, entries: Sequence[Entry], edition: Edition) -> bytes:
        with self._lock:
            made = self._made.get(tag)
        if made is None:
            made = written(entries, edition)
            with self._lock:
                self._made[tag] = made
        return made

    def forget(self, feed_id: str) -> int:
        """Of a person, by their subject, or of a group's; its address leads nowhere."""
        return int(self._records.remove(feed_id))


def _sees(who: Principal, group: str) -> bool:
    return who.may(Right.RECORDS) and who.groups.holds(group)


def digests_with(secrets: Sequence[bytes], site: str) -> Callable[[str], Sequence[str]]:
    """By each of these keys, HMAC-SHA256 in hex; of another site it is another one."""
    about = f"calendar\n{site}\n".encode()

    def digests(text: str) -> Sequence[str]:
        line = about + text.encode("utf-8", "surrogatepass")
        return [hmac.digest(secret, line, hashlib.sha256).hex() for secret in secrets]

    return digests

"""The way in for people who are registered: to their own attendance, and to nothing else.

They have no account. Somebody signs in with their ID and PIN, or by a personal link that the
office has made for them, where the site says that people may; the session is one like others, but
shorter, and is asked at every request whether its person is still there and active.
"""

import unicodedata
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from face_rec.access.accounts.known_browsers import KnownBrowsers
from face_rec.access.audit.actor import Actor
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.devices.pins import Pins
from face_rec.access.limits.own_pins import OwnPinPace
from face_rec.access.limits.throttle import BY_LINK, CODES_BY_PERSON, Throttle
from face_rec.access.secrets import digest, new_secret
from face_rec.access.signin.own_claims import Claimed, the_one
from face_rec.access.signin.own_links import LASTS, OwnLinks, Shower
from face_rec.access.signin.session import (
    OF_PERSON,
    Lifetime,
    ProviderSession,
    Session,
    SessionStore,
    Use,
)
from face_rec.access.signin.visitor import Visitor
from face_rec.clock import Clock
from face_rec.domain.errors import (
    AccessError,
    AccountRefused,
    LinkInvalid,
    PinsLocked,
    SignInRefused,
    TryLater,
)
from face_rec.domain.people import Person
from face_rec.domain.site.own_ways import OwnLogin, OwnWay, WaitingLink
from face_rec.languages.language import msgid
from face_rec.protocols.people_store import PeopleReader

THEMSELVES: Final = "the person"
"""How a person is called where they act: who that is stands, sealed, with what they did."""
LINK_LASTS: Final = LASTS[OwnWay.LINK]
_IDLE: Final = timedelta(minutes=30)
_LONGEST: Final = timedelta(hours=4)
_WORTH_WRITING: Final = 30.0
_LONGEST_ID: Final = 200
_TOO_MANY: Final = msgid("Too many tries. Wait 15 minutes, then try again.")
_INVALID: Final = msgid(
    "This link was used, has expired or is not valid. Ask the office for a new one."
)
_TOO_MANY_CODES: Final = msgid("Too many codes were shown for this person. Wait 15 minutes.")
_NOT_ONE: Final = msgid(
    "The sign-in provider does not say which registered person you are. Ask the office: your "
    "e-mail address or ID there and here must be the same."
)
_NOT_THERE: Final = msgid("This person is deactivated or gone. Activate them first.")
_CLOSED: Final = msgid("People cannot look at their own attendance here. Ask the office.")


class OwnSignIn:
    """Safe to call from any thread; all may raise StoreUnavailable."""

    def __init__(
        self,
        *,
        people: PeopleReader | None,
        sessions: SessionStore,
        links: OwnLinks,
        pins: Pins,
        throttle: Throttle,
        audit_log: AuditLog,
        clock: Clock,
        lifetime: Lifetime,
        ways: Callable[[], frozenset[OwnWay]],
        known: KnownBrowsers,
        pace: OwnPinPace,
    ) -> None:
        """``people`` None: nobody comes in. ``lifetime``: of other sessions, which these never
        outlast. ``ways``: what the site allows at this moment."""
        self._people = people
        self._sessions = sessions
        self._links = links
        self._pins = pins
        self._throttle = throttle
        self._audit_log = audit_log
        self._clock = clock
        self._lifetime = Lifetime(min(lifetime.idle, _IDLE), min(lifetime.longest, _LONGEST))
        self._ways = ways
        self._known = known
        self._pace = pace

    def ways(self) -> frozenset[OwnWay]:
        """Those that are open; none: nobody comes in."""
        return self._ways() if self._people is not None else frozenset()

    # --- in

    def by_pin(self, typed_id: str, pin: str, visitor: Visitor) -> str:
        """The secret of a new session. Raises SignInRefused in the same words whatever of the two
        is wrong, PinsLocked, TryLater."""
        self._demand(OwnWay.PIN)
        # As the index of IDs has it: tries of one that nobody has count together, too.
        known = unicodedata.normalize("NFC", typed_id.strip()[:_LONGEST_ID])
        person = self._people.by_id(known) if self._people and known else None
        shown = self._known.browser(OF_PERSON + person.subject, visitor.known) if person else ""
        begun = self._pace.begin(visitor.address, shown, self._clock.now())
        try:
            found = self._pins.verify_own(visitor.address, known, person, pin.strip())
        except AccessError as error:
            if isinstance(error, PinsLocked | TryLater):  # it was not looked at
                self._pace.take_back(begun)
            raise
        self._pace.take_back(begun)
        return self._open(found, visitor, OwnWay.PIN)

    def remember(self, typed_id: str, shown: str) -> str:
        """What a browser is to keep in which somebody has just come in by this ID, so that later
        tries of theirs wait for no stranger's; it opens nothing. ``shown``: what it had."""
        known = unicodedata.normalize("NFC", typed_id.strip()[:_LONGEST_ID])
        person = self._people.by_id(known) if self._people and known else None
        return self._known.remember(OF_PERSON + person.subject, shown) if person else ""

    def linked(self, secret: str, address: str) -> Person:
        """Whose link it is, without using it. Raises LinkInvalid."""
        self._demand(OwnWay.LINK, OwnWay.KIOSK)
        link = self._links.find(secret)
        person = self._present(link.subject) if link and link.way in self.ways() else None
        if person is not None:
            return person
        tries = self._throttle.try_now(BY_LINK, address)
        raise LinkInvalid(_TOO_MANY if tries > BY_LINK.tries else _INVALID)

    def stands(self, secret: str) -> bool:
        """Whether a link waits that has this secret."""
        return self._links.find(secret) is not None

    def by_link(self, secret: str, visitor: Visitor) -> str:
        """Use the link: the secret of a new session. Raises LinkInvalid."""
        person = self.linked(secret, visitor.address)
        taken = self._links.take(secret)
        if taken is None:
            raise LinkInvalid(_INVALID)
        return self._open(person, visitor, taken.way)

    def by_provider(self, claimed: Claimed, visitor: Visitor) -> str:
        """Somebody has signed in at the identity provider: the secret of a new session. Raises
        SignInRefused where that is not exactly one person who is here."""
        self._demand(OwnWay.SSO)
        person = the_one(self._people, claimed) if self._people is not None else None
        if person is None:
            raise SignInRefused(_NOT_ONE)
        return self._open(person, visitor, OwnWay.SSO, claimed.session)

    def _demand(self, *ways: OwnWay) -> None:
        """Raises where none of these is open."""
        if not self.ways() & {*ways}:
            raise LinkInvalid(_CLOSED) if OwnWay.LINK in ways else SignInRefused(_CLOSED)

    def _open(
        self, person: Person, visitor: Visitor, way: OwnWay, there: ProviderSession | None = None
    ) -> str:
        secret, now = new_secret(), self._clock.now()
        session = Session(
            OF_PERSON + person.subject, 0, now, browser=visitor.browser, address=visitor.address,
            provider=there,
        )  # fmt: skip
        self._sessions.put(digest(secret), session, self._lifetime.left(session, now))
        self._check_still_there(person.subject, SignInRefused(_CLOSED))
        self._audit_log.record(
            Action.SIGN_IN, person.id, after={"by": way.value, "browser": visitor.browser},
            actor=Actor(THEMSELVES, "person", visitor.address), about=person.subject,
        )  # fmt: skip
        return secret

    # --- while they are in

    def session_of(
        self, secret: str, used: bool, address: str = ""
    ) -> tuple[Person, Session] | None:
        """The session, and whose it is; ``used`` makes it last longer, and is noted with
        ``address`` where that is known. One of somebody who is erased or deactivated is over for
        good, and all are while the site lets nobody in."""
        key = digest(secret)
        found = self._sessions.get(key)
        if found is None or not found[0].account.startswith(OF_PERSON):
            return None
        session, left = found
        person = self._present(session.account.removeprefix(OF_PERSON))
        may_last = self._lifetime.left(session, self._clock.now())
        if person is None or may_last <= 0 or not self.ways():
            self._sessions.drop(key, session.account)
            return None
        if used and may_last - left > _WORTH_WRITING:
            use = Use(self._clock.now(), address) if address else None
            self._sessions.prolong(key, session.account, may_last, use)
        return person, session

    def sign_out(self, secret: str) -> None:
        """End one session; nothing to do where it is none of these."""
        found = self._sessions.get(digest(secret))
        if found is not None and found[0].account.startswith(OF_PERSON):
            self._sessions.drop(digest(secret), found[0].account)

    def _present(self, subject: str) -> Person | None:
        person = self._people.get(subject) if self._people is not None else None
        return person if person is not None and person.active else None

    # --- by the office

    def make_link(self, person: Person, by: str, secret: str = "") -> str:
        """The secret of a new personal link, which works once; one from before works no more.
        ``secret``: a random one where none is given. Raises AccountRefused where this is not
        allowed, or the person not there."""
        if OwnWay.LINK not in self.ways():
            raise AccountRefused(
                msgid("Personal links are switched off. Switch them on under Settings, This site.")
            )
        if self._present(person.subject) is None:
            raise AccountRefused(_NOT_THERE)
        until = self._clock.now() + LINK_LASTS
        made = self._links.put(person.subject, by, secret=secret)
        self._check_still_there(person.subject, AccountRefused(_NOT_THERE))
        self._audit_log.record(
            Action.OWN_LINK_MADE, person.id, after={"until": f"{until:%Y-%m-%d %H:%M} UTC"},
            about=person.subject,
        )  # fmt: skip
        return made

    # --- by a kiosk

    def show(self, subject: str, shower: Shower) -> str:
        """The secret of a link for whom a kiosk sees before its camera at this moment; one that
        it showed them before works no more. Raises AccountRefused."""
        person = self._present(subject) if OwnWay.KIOSK in self.ways() else None
        if person is None:
            raise AccountRefused(_CLOSED)
        if self._throttle.try_now(CODES_BY_PERSON, subject) > CODES_BY_PERSON.tries:
            raise AccountRefused(_TOO_MANY_CODES)
        made = self._links.put(subject, shower.kiosk, shower)
        self._check_still_there(subject, AccountRefused(_NOT_THERE))
        self._audit_log.record(
            Action.OWN_LINK_MADE, person.id, after={"shown at": shower.kiosk},
            actor=Actor(shower.kiosk, "device"), about=subject,
        )  # fmt: skip
        return made

    def _check_still_there(self, subject: str, refusal: AccessError) -> None:
        """Asked after something was written: an erasure hides its person first and takes what is
        theirs then, so that one of the two sees the other."""
        if self._present(subject) is None:
            self.forget(subject)
            raise refusal

    def waiting(self, subject: str) -> WaitingLink | None:
        """The link that somebody has and has not used."""
        found = self._links.waiting(subject)
        return WaitingLink(found.by, found.until) if found else None

    def logins(self, subject: str) -> list[OwnLogin]:
        """Where a person is signed in, the newest first."""
        found = self._sessions.of(OF_PERSON + subject).values()
        listed = [OwnLogin(s.started_at, s.browser, s.address) for s, _ in found]
        return sorted(listed, key=lambda one: one.since, reverse=True)

    def end(self, person: Person) -> int:
        """End all that a person has open, and a link that waits; how many that were."""
        count = self.forget(person.subject)
        if count:
            self._audit_log.record(
                Action.SESSION_ENDED, person.id, before={"own attendance": count},
                about=person.subject,
            )  # fmt: skip
        return count

    def forget(self, subject: str) -> int:
        """The same without a note: of who is erased."""
        waiting = self._links.forget(subject)
        return self.close_all(subject) + waiting

    def close_all(self, subject: str) -> int:
        """End where somebody is signed in: their PIN is another one."""
        opened = list(self._sessions.of(OF_PERSON + subject))
        for key in opened:
            self._sessions.drop(key, OF_PERSON + subject)
        return len(opened)

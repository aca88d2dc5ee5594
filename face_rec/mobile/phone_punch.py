"""From a press on somebody's own phone to their mark: whether they may, where they are, whether it
is their face, and the mark, by the same marker as a kiosk's."""

import logging
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from face_rec.access.audit.actor import Actor
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.limits.throttle import MOBILE, MOBILE_BY_DAY, Throttle
from face_rec.access.signin.own_sign_in import THEMSELVES
from face_rec.attendance.rules.mobile import MobilePunch, mobile_of
from face_rec.domain.errors import JournalError, StoreError, TryLater
from face_rec.domain.faces import View
from face_rec.domain.liveness import NOT_CHECKED, Liveness
from face_rec.domain.marks import EventKind, Outcome, Source, Whereabouts
from face_rec.journey.decide import still_enrolled
from face_rec.journey.marking.punch import Named, Puncher
from face_rec.journey.pipeline_deps import PipelineDeps
from face_rec.languages.language import msgid
from face_rec.mobile.agreed import MobileConsent, MobileConsents
from face_rec.mobile.attempts import Asked, Attempt, Attempts, Became, Result, Whose
from face_rec.mobile.nearness import Nearness, nearest, refusal, whereabouts
from face_rec.mobile.own_face import OwnFace
from face_rec.mobile.position import read_fix
from face_rec.mobile.refused import PunchRefused
from face_rec.people.photos.capture import GuidedCapture
from face_rec.protocols.people_store import PeopleReader

log = logging.getLogger(__name__)

_OFF: Final = msgid("Your group does not punch by phone. Use the kiosk, or ask the office.")
_CLOSED: Final = msgid("You cannot punch by phone at this hour.")
_AGREE: Final = msgid("Agree to the use of your position first. Reload the page.")
_OVER: Final = msgid("That took too long, or another page has begun anew. Press the button again.")
_CHANGED: Final = msgid("What holds for your group has just changed. Press the button again.")
_TOO_MANY: Final = msgid("Too many tries. Wait 15 minutes, or use the kiosk.")
_FACE: Final = msgid("This is not the face that is registered for you. You were not marked.")
_UNSURE: Final = msgid(
    "It is not sure that you stand before the camera yourself. You were not marked. Try again in "
    "even light, with the phone at arm's length."
)
_NO_MODEL: Final = msgid(
    "Faces cannot be told from pictures here now, so nobody is marked by phone. Use the kiosk."
)
_NOT_SAVED: Final = msgid(
    "It could not be saved. You were not marked. Try again, or use the kiosk."
)
_LATER: Final = msgid("not sure that the face lives")
_NOTED: Final = msgid("by phone: not sure that the face lives")

Guided = Callable[[Sequence[View], bool], GuidedCapture]
"""A capture of these views; the second: whether it must find out whether the face lives."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How it is for somebody at this moment. ``rule``: what holds for their group; ``agreed``:
    whether they have; ``open_now``: whether it is an hour at which they may."""

    rule: MobilePunch
    agreed: bool
    open_now: bool


class PhonePunch:
    """Safe from any thread; all may raise StoreUnavailable."""

    def __init__(
        self,
        *,
        people: PeopleReader,
        rules: Callable[[], Sequence[MobilePunch]],
        now: Callable[[], datetime],
        consents: MobileConsents,
        attempts: Attempts,
        guided: Guided,
        deps: PipelineDeps,
        throttle: Throttle,
        audit_log: AuditLog,
    ) -> None:
        """``rules``: as they are saved at this moment; ``now``: in the site's zone."""
        self._people = people
        self._rules = rules
        self._now = now
        self.consents = consents
        self.attempts = attempts
        self._guided = guided
        self._deps = deps
        self._throttle = throttle
        self._audit_log = audit_log

    # --- whether they may

    def standing(self, subject: str) -> Standing:
        """Raises PunchRefused where their group does not."""
        person = self._people.get(subject)
        rule = mobile_of(self._rules(), person.group) if person and person.active else None
        if rule is None:
            raise PunchRefused(_OFF, over=True)
        return Standing(rule, self.consents.agreed(subject), rule.open_at(self._now()))

    def agree(self, subject: str, text: str, language: str, address: str) -> None:
        """They have, to ``text`` as it was shown."""
        self.standing(subject)
        given = MobileConsent(subject, self._deps.clock.now(), text, language)
        self.consents.add(subject, lambda was: replace(given, version=was.version))
        if self._people.get(subject) is None:  # an erasure hides its person first
            self.consents.forget(subject)
            raise PunchRefused(_OFF, over=True)
        self._note(Action.MOBILE_AGREED, subject, address)

    def withdraw(self, subject: str, address: str) -> None:
        if self.consents.forget(subject):
            self._note(Action.MOBILE_WITHDRAWN, subject, address)

    def _note(self, action: Action, subject: str, address: str) -> None:
        person = self._people.get(subject)
        if person is not None:
            who = Actor(THEMSELVES, "person", address)
            self._audit_log.record(action, person.id, actor=who, about=subject)

    def _demand(self, subject: str) -> MobilePunch:
        standing = self.standing(subject)
        if not standing.agreed:
            raise PunchRefused(_AGREE, over=True)
        if not standing.open_now:
            raise PunchRefused(_CLOSED)
        return standing.rule

    # --- where they are

    def near(self, subject: str, told: object) -> tuple[MobilePunch, Nearness]:
        """How near the place is by what their phone ``told``; a try, which counts. Raises
        PunchRefused and TryLater."""
        rule = self._demand(subject)
        for limit in (MOBILE, MOBILE_BY_DAY):
            if self._throttle.try_now(limit, subject) > limit.tries:
                raise TryLater(_TOO_MANY, MOBILE.seconds)
        return rule, nearest(rule, read_fix(told))

    def begin(self, whose: Whose, asked: Asked) -> Attempt:
        """Now the camera. Raises PunchRefused from too far away, and TryLater."""
        rule = asked.rule
        why = refusal(asked.near, rule)
        if why:
            raise PunchRefused(why)
        if not rule.asks:
            asked = replace(asked, kind=EventKind.PUNCH)
        guide = self._guided(_steps(rule.live), rule.live)
        return self.attempts.open(whose, asked, OwnFace(whose.subject, guide, self._deps))

    # --- whether it is they

    def find(self, secret: str, whose: Whose) -> Attempt:
        """The attempt that they have begun. Raises PunchRefused where it is over, and where they
        may not any more."""
        found = self.attempts.find(secret, whose)
        if found is None:
            raise PunchRefused(_OVER, over=True)
        if found.result is None:
            try:
                self._check(found)
            except PunchRefused:
                self.attempts.end(found)
                raise
        return found

    def _check(self, one: Attempt) -> None:
        if self._demand(one.whose.subject) != one.asked.rule:
            raise PunchRefused(_CHANGED, over=True)

    def result(self, one: Attempt) -> Result | None:
        """What has become of it; None: it goes on. Whoever asks again is told the same."""
        with one.lock:
            if one.result is None:
                one.result = self._result(one)
                if one.result is not None:
                    one.stream.close()
                    one.face.forget()
            return one.result

    def _result(self, one: Attempt) -> Result | None:
        if one.face.wrong:
            return Result(Became.REFUSED, why=_FACE)
        named = one.face.named()
        if named is None:
            return None
        try:
            self._check(one)
            return self._marked(one, named)
        except PunchRefused as error:
            return Result(Became.REFUSED, why=error.said)
        except JournalError as error:
            log.warning("mobile_not_journalled reason=%s", error)
            return Result(Became.REFUSED, why=_NOT_SAVED)

    def _marked(self, one: Attempt, named: Named) -> Result:
        if still_enrolled(self._deps.directory, named.subject) is False:
            raise PunchRefused(_FACE)
        life, rule = named.decision.life, one.asked.rule
        lives = life.verdict is Liveness.LIVE
        where = whereabouts(one.asked.near, rule)
        if rule.live and not lives:
            self._deps.lives.note(life, "held")
            if life == NOT_CHECKED:
                raise PunchRefused(_NO_MODEL)
            self._puncher(one, where).held(named, _NOTED)
            raise PunchRefused(_UNSURE)
        if rule.review and not lives and not where.doubt:
            where = replace(where, doubt=_LATER)
        receipt = self._puncher(one, where)(named)
        self._deps.lives.note(life, "marked")
        with suppress(StoreError):  # they are marked, whatever becomes of the tries
            self._throttle.forgive(MOBILE, one.whose.subject)
        return Result(_BECAME.get(receipt.outcome, Became.MARKED), receipt.stands_at)

    def _puncher(self, one: Attempt, where: Whereabouts) -> Puncher:
        deps = self._deps
        return Puncher(
            "", Source.MOBILE, marker=deps.marker, directory=deps.directory,
            snapshots=deps.snapshots, clock=deps.clock, where=where, kind=one.asked.kind,
        )  # fmt: skip


_BECAME: Final = {Outcome.ALREADY: Became.ALREADY, Outcome.SAVED_HERE: Became.SAVED}


def _steps(live: bool) -> tuple[View, ...]:
    """What is asked for: to whom it must be shown that the face lives, the head is turned to both
    sides, in an order that nobody knows before."""
    sides = [View.LEFT, View.RIGHT]
    random.SystemRandom().shuffle(sides)
    return (View.FRONT, *sides) if live else (View.FRONT,)

"""Guardians as the office enters them, and as they themselves agree and stop."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.clock import Clock
from face_rec.domain.errors import NoticeRefused
from face_rec.domain.people import Person
from face_rec.languages.language import language_of, msgid
from face_rec.languages.sentence import sentence
from face_rec.notices.delivery import Delivery, Outbox, Queued
from face_rec.notices.guardians.guardian import Guardian, Guardians, State
from face_rec.notices.guardians.guardian_records import GuardianRecords
from face_rec.notices.notice import Notice, NoticeKind
from face_rec.notices.personal.mail_address import mail_address, shown
from face_rec.notices.personal.mail_server import MailServer

GUARDIANS: Final = "guardians"
"""Stands in the place of a channel."""
_MOST: Final = 6
_ONCE_IN: Final = timedelta(days=1)
"""An address is asked, whoever enters it for whomever."""


class GuardianService:
    """Safe from any thread; all may raise StoreUnavailable. ``server``: by which they are
    written to. ``active``: whether a person is there and is not being erased. ``digest``: of an
    address, such that nobody without this site's key finds out whose it is by trying some."""

    def __init__(
        self,
        records: GuardianRecords,
        server: MailServer,
        outbox: Outbox,
        *,
        audit_log: AuditLog,
        clock: Clock,
        language: Callable[[], str],
        active: Callable[[str], bool],
        digest: Callable[[str], str],
    ) -> None:
        self.records = records
        self.server = server
        self._active = active
        self._digest = digest
        self._outbox = outbox
        self._audit_log = audit_log
        self._clock = clock
        self._language = language

    @property
    def language(self) -> str:
        """The site's, by its code."""
        return self._language()

    def on(self) -> bool:
        """Whether guardians are told anything."""
        return self.server.channel() is not None

    def of(self, subject: str) -> Guardians:
        return self.records.of(subject)

    # --- by the office

    def add(
        self,
        person: Person,
        address: str,
        language: str,
        by: str,
        *,
        inwards: bool = True,
        outwards: bool = True,
    ) -> Guardian:
        """Enter one, who is asked at once. Raises NoticeRefused."""
        if not self.on():
            raise NoticeRefused(msgid("Guardians are told nothing here yet: see Notifications."))
        mail = mail_address(address)
        if not mail or not (inwards or outwards):
            raise NoticeRefused(msgid("Give a mail address, and say of which way they are told."))
        name = secrets.token_hex(8)
        made = Guardian(
            name, self.records.sealed(name, mail), shown(mail), language_of(language).code, by,
            self._clock.now(), inwards, outwards,
        )  # fmt: skip
        self.records.add(person.subject, lambda found: self._with(found, made, mail))
        self._check_still_there(person.subject)
        self._note(Action.GUARDIAN_ADDED, person.subject, made)
        self._ask(person.subject, made, mail)
        return made

    def _check_still_there(self, subject: str) -> None:
        """Asked after it was written: an erasure hides the person first and takes guardians then,
        so that one of the two sees the other."""
        if self._active(subject):
            return
        self.records.forget(subject)
        raise NoticeRefused(
            msgid(
                "This person is not there any more, or not active. Nothing was "
                "kept. Reload the page."
            )
        )

    def _with(self, found: Guardians, made: Guardian, mail: str) -> Guardians:
        if len(found.guardians) >= _MOST:
            raise NoticeRefused(
                sentence("A person has at most {most} guardians. Remove one first.", most=_MOST)
            )
        if mail.lower() in {self.records.address(one).lower() for one in found.guardians}:
            raise NoticeRefused(msgid("This address is entered already. Remove that entry first."))
        return replace(found, guardians=(*found.guardians, made))

    def remove(self, subject: str, guardian_id: str) -> None:
        one = self.records.there(subject, guardian_id)
        self.records.change(
            subject,
            lambda found: replace(
                found, guardians=tuple(g for g in found.guardians if g.id != guardian_id)
            ),
        )
        self._note(Action.GUARDIAN_REMOVED, subject, one)

    def _ask(self, subject: str, one: Guardian, mail: str) -> None:
        now = self._clock.now()
        notice = Notice(f"ask-{one.id}", NoticeKind.GUARDIAN, now, subject)
        delivery = Delivery(f"{GUARDIANS}:{notice.id}", GUARDIANS, named(subject, one), notice)
        queued = Queued(delivery, now, f"asked|{self._digest(mail.lower())}", now + _ONCE_IN)
        self._outbox.sort([], [queued], now)

    # --- by themselves

    def agree(self, guardian_id: str, text: str, version: str) -> Guardian | None:
        """None where there is none (any more). Of who has stopped it meanwhile nothing changes."""
        now = self._clock.now()
        return self._moved(
            guardian_id, State.ASKED, lambda one: one.agreed(text, version, now),
            Action.GUARDIAN_AGREED,
        )  # fmt: skip

    def stop(self, guardian_id: str) -> Guardian | None:
        """At once: what is on its way is not sent either."""
        now = self._clock.now()
        return self._moved(
            guardian_id, None, lambda one: one.stopped(now), Action.GUARDIAN_STOPPED
        )

    def _moved(
        self,
        guardian_id: str,
        only: State | None,
        change: Callable[[Guardian], Guardian],
        action: Action,
    ) -> Guardian | None:
        found = self.records.find(guardian_id)
        if found is None:
            return None
        subject, _ = found
        moved: list[Guardian] = []

        def move(all_: Guardians) -> Guardians:
            moved.clear()
            one = all_.get(guardian_id)
            if one is None or one.state is State.STOPPED or (only and one.state is not only):
                return all_
            moved.append(change(one))
            return all_.having(moved[0])

        after = self.records.change(subject, move).get(guardian_id)
        if after is not None and moved:
            self._note(action, subject, after)
        return after

    def _note(self, action: Action, subject: str, one: Guardian) -> None:
        told: dict[str, object] = {"guardian": one.shown, "state": one.state.value}
        if one.text_version:
            told |= {"text": one.text_version, "language": one.language}
        self._audit_log.record(action, "a guardian", after=told, about=subject)


def named(subject: str, one: Guardian) -> str:
    """Both, as a delivery names them."""
    return f"{subject}:{one.id}"

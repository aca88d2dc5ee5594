"""The mail by which somebody is invited to register on their phone."""

from collections.abc import Callable

from face_rec.clock import Clock
from face_rec.domain.people import Person
from face_rec.domain.site.self_enrolment import SelfEnrolling
from face_rec.invitations.invitation import Invitation
from face_rec.invitations.invitation_records import InvitationRecords
from face_rec.notices.running.texts import Voice


class InvitationLetters:
    """Safe from any thread; may raise StoreUnavailable. ``link``: the whole address of one."""

    def __init__(
        self,
        records: InvitationRecords,
        link: Callable[[Invitation], str],
        rule: Callable[[], SelfEnrolling],
        clock: Clock,
    ) -> None:
        self._records = records
        self._link = link
        self._rule = rule
        self._clock = clock

    def write(self, what: str, person: Person, voice: Voice) -> tuple[str, str] | None:
        """None where it was used, revoked or is over by now."""
        one, words = self._records.invitations.get(what), voice.words
        if self._rule() is SelfEnrolling.OFF or one is None or one.subject != person.subject:
            return None
        if not one.usable(self._clock.now()):
            return None
        until = words.day(one.until.astimezone(voice.zone).date())
        lines = [
            words.gettext("Hello {name},", name=person.name),
            words.gettext(
                "{site} records attendance by face. Register your face on your own phone, in a "
                "minute:",
                site=voice.site,
            ),
            self._link(one),
            "",
            words.gettext("The link is for you alone and works once, until {date}.", date=until),
            words.gettext(
                "You are first told what is stored, and asked whether you agree. If you do not "
                "want to, do nothing, and ask the office how else you can be marked."
            ),
        ]
        return words.gettext("{site}: register your face", site=voice.site), "\n".join(lines)

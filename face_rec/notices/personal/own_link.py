"""The personal link to one's own attendance, by mail."""

import secrets
from typing import Final

from face_rec.access.signin.own_sign_in import OwnSignIn
from face_rec.domain.errors import AccountRefused
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.notices.personal.mail import PersonalMail, mail_of
from face_rec.notices.running.links import Links
from face_rec.notices.running.texts import Voice

OWN_LINK: Final = "own-link"
"""What the letter is for."""


class OwnLinkMail:
    """Safe from any thread; all may raise StoreUnavailable."""

    def __init__(self, own: OwnSignIn, links: Links, mail: PersonalMail) -> None:
        self._own = own
        self._links = links
        self._mail = mail

    def on(self) -> bool:
        """Whether anybody is written to."""
        return self._mail.on()

    def send(self, person: Person, by: str) -> str:
        """Make a link, in the place of one from before, and send it; where to, as much of it as
        may be shown. Raises AccountRefused."""
        if not (self.on() and mail_of(person)):  # before a link takes the place of another one
            raise AccountRefused(
                msgid(
                    "No mail address of this person is known, or no mail server. Enter the "
                    "address under People, or a mail server under Notifications."
                )
            )
        what = secrets.token_hex(8)
        self._own.make_link(person, by, self._links.secret(OWN_LINK, what))
        return self._mail.send(OWN_LINK, what, person)

    def write(self, what: str, person: Person, voice: Voice) -> tuple[str, str] | None:
        """Made anew at each try, and the same each time: nothing that is on its way holds the
        secret. None once it was used, ended, or took another one's place."""
        secret = f"{person.subject}.{self._links.secret(OWN_LINK, what)}"
        if not self._own.stands(secret):
            return None
        words = voice.words
        lines = [
            words.gettext("Here you see your own attendance at {site}:", site=voice.site),
            self._links.at(f"/my/link/{secret}"),
            "",
            words.gettext("The link works once, within three days. Give it to nobody."),
            words.gettext("If you did not expect this, tell the office, and do not open it."),
        ]
        return words.gettext("{site}: your attendance", site=voice.site), "\n".join(lines)

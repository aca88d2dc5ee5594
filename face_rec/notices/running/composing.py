"""Deliveries in words, for people and for programs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from typing import Final

from face_rec.domain.people import Person
from face_rec.languages.translator import Translator
from face_rec.notices.attached import Attached
from face_rec.notices.channel import Channel, NoticeRule
from face_rec.notices.channels import Channels
from face_rec.notices.delivery import Delivery, Outbox
from face_rec.notices.notice import Notice
from face_rec.notices.running import texts
from face_rec.notices.running.links import ACKNOWLEDGE, Links, Said
from face_rec.notices.running.texts import Voice
from face_rec.notices.said import as_json, is_told
from face_rec.notices.sorting import People

_GOOD_FOR: Final = timedelta(days=14)
"""After what it tells of: a mark may be three days old when it is told, and a week is open."""


class NobodyToTell(Exception):
    """A letter is not written, and not later either; why, in words."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message. ``to``: instead of those whom the address names, for mail alone, as are
    ``headers`` and what is ``attached``."""

    address: str = field(repr=False)
    subject: str
    text: str
    to: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    attached: Attached | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What notices are put into words with: the people, the site's title and zone, what a kiosk
    is called, the languages ("": the site's), and that in which somebody, by subject, reads."""

    people: People
    title: Callable[[], str]
    zone: Callable[[], tzinfo]
    kiosk: Callable[[str], str]
    words: Callable[[str], Translator]
    reads: Callable[[str], str] = lambda _: ""

    def voice_of(self, person: Person) -> Voice:
        """For what is written to this person."""
        return self.voice(self.reads(person.subject))

    def voice(self, language: str) -> Voice:
        return Voice(self.words(language), self.zone(), self.title(), self.kiosk)

    def of(self, notices: Sequence[Notice]) -> Mapping[str, Person]:
        """The people whom they are about."""
        return self.people([one.subject for one in notices if one.subject])


class Composer:
    """Safe from any thread; all may raise StoreUnavailable."""

    def __init__(self, told: Told, channels: Channels, outbox: Outbox, links: Links) -> None:
        self._told = told
        self._channels = channels
        self._outbox = outbox
        self._links = links

    def over(self, delivery: Delivery) -> str:
        """Why somebody need not be told any more, or ""."""
        if not delivery.step:
            return ""
        waiting = self._outbox.opened(delivery.waits)
        if waiting is None:
            return "it is long over"
        return "" if waiting.open else f"acknowledged meanwhile by {waiting.by}"

    def payload(self, channel: Channel, delivery: Delivery) -> dict[str, object]:
        """For a program; the same however often it is asked for, as long as nobody is changed."""
        notice = delivery.notice
        person = self._told.of([notice]).get(notice.subject)
        return as_json(notice, person, self._link(channel, delivery))

    def letter(
        self, channel: Channel, address: str, deliveries: Sequence[Delivery]
    ) -> Letter | None:
        """For people; None where there is nobody (any more) whom it is about."""
        people = self._told.of([one.notice for one in deliveries])
        here = [one for one in deliveries if is_told(one.notice, people.get(one.notice.subject))]
        if not here:
            return None
        rule = self._channels.rule(here[0].rule)
        voice = self._told.voice(rule.language if rule else "")
        subject, text = texts.letter([one.notice for one in here], people, voice, rule)
        asked = self._asked(channel, here[0], rule, voice) if len(here) == 1 else []
        return Letter(address, subject, "\n".join([text, *asked]))

    def _asked(
        self, channel: Channel, delivery: Delivery, rule: NoticeRule | None, voice: Voice
    ) -> list[str]:
        """What is asked of whoever reads it, where it waits to be acknowledged."""
        waiting = self._outbox.opened(delivery.waits) if delivery.waits else None
        if waiting is None or not waiting.open:
            return []
        words, lines = voice.words, [""]
        if delivery.step:
            since = texts.clock_time(waiting.since, voice)
            lines.append(words.gettext("Nobody has acknowledged this since {time}.", time=since))
        link = self._link(channel, delivery)
        lines += [words.gettext("Say here that you take care of it:"), link]
        steps = rule.steps[delivery.step :] if rule else ()
        if steps:
            lines.append(_others(words, steps[0].after))
        return lines

    def _link(self, channel: Channel, delivery: Delivery) -> str:
        if not delivery.waits:
            return ""
        said = Said(delivery.waits, channel.id)
        return self._links.to(ACKNOWLEDGE, said, delivery.notice.at + _GOOD_FOR)


def _others(words: Translator, minutes: int) -> str:
    return words.ngettext(
        "If nobody does within {count} minute, others are told.",
        "If nobody does within {count} minutes, others are told.",
        minutes,
    )

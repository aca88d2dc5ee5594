"""Channels and rules as an admin makes, changes and removes them."""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.rights import Act
from face_rec.access.storage import Records
from face_rec.clock import Clock
from face_rec.domain.errors import NoticeRefused
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.notices.channel import Channel, ChannelKind, NoticeRule, Target
from face_rec.notices.message import is_mail, service_of
from face_rec.notices.rules import checked
from face_rec.notices.webhook import checked_address, new_secret
from face_rec.protocols.sealing import Sealer, open_text, seal_text
from face_rec.retry import until_first

_LONGEST: Final = 80
_MOST: Final = 100
"""Channels, and rules: each notice is held against every rule."""
_SECRETS: Final = 2


class Channels:
    """Safe to call from any thread. Changes raise NoticeRefused, ProofNeeded, Conflict; all may
    raise StoreUnavailable."""

    def __init__(
        self,
        channels: Records[Channel],
        rules: Records[NoticeRule],
        sealer: Sealer,
        *,
        audit_log: AuditLog,
        clock: Clock,
        demand: Callable[[Act], None],
    ) -> None:
        """``demand`` raises ProofNeeded where whoever acts must first prove who they are."""
        self._channels = channels
        self._rules = rules
        self._sealer = sealer
        self._audit_log = audit_log
        self._clock = clock
        self._demand = demand

    def demand(self) -> None:
        """Raises ProofNeeded where whoever acts must first prove who they are."""
        self._demand(Act.NOTICES)

    def note(self, action: Action, channel_id: str, what: Mapping[str, object]) -> None:
        """Write down what was done with something on its way by a channel."""
        channel = self.get(channel_id)
        self._audit_log.record(action, _label(channel) if channel else channel_id, after=what)

    def note_rule(self, action: Action, rule_id: str, what: Mapping[str, object]) -> None:
        """Write down what was done with something that a rule has told."""
        titles = {rule.id: rule.title for rule in self.rules()}
        self._audit_log.record(action, titles.get(rule_id, rule_id), after=what)

    # --- channels

    def all(self) -> list[Channel]:
        return self._channels.all()

    def of_mail(self) -> list[Channel]:
        """Those of a mail server, by which others than their own readers can be written to."""
        found = [one for one in self.all() if one.kind is ChannelKind.MESSAGE]
        return [one for one in found if is_mail(self.target(one).address)]

    def get(self, channel_id: str) -> Channel | None:
        return self._channels.get(channel_id)

    def add(self, title: str, kind: ChannelKind, address: str, by: str) -> tuple[Channel, str]:
        """A new channel, and the secret of a webhook, which is shown once; else ""."""
        self.demand()
        name = _titled(title, len(self.all()))
        webhook = kind is ChannelKind.WEBHOOK
        target = (
            Target(checked_address(address), (new_secret(),))
            if webhook
            else Target(address.strip())
        )
        shown = urlsplit(target.address).hostname if webhook else service_of(address)
        made = Channel(secrets.token_hex(6), name, kind, "", shown or "", by, self._clock.now())
        made = replace(made, sealed=sealed(made.id, target, self._sealer))
        self._channels.create(made)
        self._audit_log.record(Action.CHANNEL_ADDED, _label(made), after={"to": made.shown})
        return made, target.secrets[0] if webhook else ""

    def new_secret_of(self, channel_id: str) -> str:
        """Another secret for a webhook, shown once. What it had before signs beside it until the
        next one, so that the receiver can be told in between."""
        self.demand()
        channel = self._there(channel_id)
        target, fresh = self.target(channel), new_secret()
        kept = (fresh, *target.secrets)[:_SECRETS]
        self._channels.update(
            replace(channel, sealed=sealed(channel.id, Target(target.address, kept), self._sealer))
        )
        self._audit_log.record(Action.CHANNEL_CHANGED, _label(channel), after={"key": "new"})
        return fresh

    def switch(self, channel_id: str, *, active: bool, why: str = "") -> None:
        """On or off. ``why``: not said by anybody, so nobody is asked to prove who they are."""
        if not why:
            self.demand()
        channel = self._there(channel_id)
        if channel.active == active and why:
            return  # the same answer came to several at once
        self._channels.update(replace(channel, active=active, why_off="" if active else why))
        self._audit_log.record(
            Action.CHANNEL_CHANGED, _label(channel),
            before={"on": channel.active}, after={"on": active, "why": why},
        )  # fmt: skip

    def remove(self, channel_id: str) -> None:
        """No error if there is none: the database may have lost it, and it must not come back.
        What is on its way there goes nowhere."""
        self.demand()
        channel = self._channels.get(channel_id)
        there = self._channels.remove(channel_id)
        if there or channel is None:
            label = _label(channel) if channel else f"({channel_id})"
            self._audit_log.record(Action.CHANNEL_REMOVED, label)

    def target(self, channel: Channel) -> Target:
        """Where it sends; for whoever sends. Raises StoreError where its key is missing."""
        return target_of(channel, self._sealer)

    def _there(self, channel_id: str) -> Channel:
        channel = self._channels.get(channel_id)
        if channel is None:
            raise NoticeRefused(msgid("Somebody has removed this channel. Reload the page."))
        return channel

    # --- rules

    def rules(self) -> list[NoticeRule]:
        return self._rules.all()

    def rule(self, rule_id: str) -> NoticeRule | None:
        return self._rules.get(rule_id)

    def save_rule(self, rule: NoticeRule) -> NoticeRule:
        """A rule without an id is a new one."""
        self.demand()
        others = 0 if rule.id else len(self.rules())
        known = frozenset(channel.id for channel in self.all())
        whole = checked(replace(rule, title=_titled(rule.title, others)), known)
        if rule.id:
            saved = self._rules.update(whole)
        else:
            saved = replace(whole, id=secrets.token_hex(6), version=1)
            self._rules.create(saved)
        self._audit_log.record(Action.NOTICE_RULE_SAVED, saved.title, after=_about(saved))
        return saved

    def remove_rule(self, rule: NoticeRule) -> None:
        self.demand()
        self._rules.remove(rule.id)
        self._audit_log.record(Action.NOTICE_RULE_REMOVED, rule.title, before=_about(rule))


def _titled(title: str, number: int) -> str:
    name = title.strip()[:_LONGEST]
    if not name:
        raise NoticeRefused(msgid("Give it a name by which you know it again."))
    if number >= _MOST:
        raise NoticeRefused(sentence("There are {most} already. Remove one first.", most=_MOST))
    return name


def sealed(channel_id: str, target: Target, sealer: Sealer) -> str:
    """The target as its channel's record keeps it."""
    text = json.dumps({"address": target.address, "secrets": target.secrets})
    return seal_text(sealer, text, _context(channel_id))


def target_of(channel: Channel, sealer: Sealer) -> Target:
    """What the record keeps sealed; raises StoreError."""
    kept = json.loads(open_text(sealer, channel.sealed, _context(channel.id)))
    return Target(kept["address"], tuple(kept["secrets"]))


def reseal_channels(records: Records[Channel], sealer: Sealer) -> int:
    """Seal every target with the key of now; how many. Raises StoreError, Conflict."""
    names = [one.id for one in records.all()]
    return sum(until_first(partial(_resealed, records, sealer, name)) for name in names)


def _resealed(records: Records[Channel], sealer: Sealer, name: str) -> bool:
    one = records.get(name)
    if one is not None:  # else somebody removed it meanwhile
        records.update(replace(one, sealed=sealed(one.id, target_of(one, sealer), sealer)))
    return one is not None


def _context(channel_id: str) -> str:
    return f"channel:{channel_id}"


def _label(channel: Channel) -> str:
    return f"{channel.title} ({channel.id})"


def _about(rule: NoticeRule) -> dict[str, object]:
    return {
        "tells": ", ".join(sorted(rule.kinds)),
        "of": rule.groups.words(),
        "channels": ", ".join(sorted(rule.channels)),
        "then": "; ".join(f"{s.after} min: {', '.join(sorted(s.channels))}" for s in rule.steps),
        "own words": ", ".join(one.kind for one in rule.wordings),
        "on": rule.active,
    }

"""Accounts, devices, tokens, factors, cameras, views and what is told to whom, in Redis: one
hash a kind, each record with a version."""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from typing import Final, Generic, TypeVar, cast

from face_rec.access.accounts.account import Account
from face_rec.access.accounts.deciding import StandIn
from face_rec.access.changes import Listener, unheard
from face_rec.access.devices.badge import Badge, BadgeKey
from face_rec.access.devices.credentials import Token
from face_rec.access.devices.device import Device
from face_rec.access.factors.factors import Factors, Handle
from face_rec.access.limits.pace import Begun, Pace
from face_rec.attendance.explore.view import View
from face_rec.calendars.feed import Feed
from face_rec.cameras.camera import Camera
from face_rec.domain.errors import Conflict, LastOne
from face_rec.invitations.invitation import Invitation, SelfEnrolment
from face_rec.languages.sentence import sentence
from face_rec.mobile.agreed import MobileConsent
from face_rec.notices.channel import Channel, NoticeRule
from face_rec.notices.guardians.guardian import Guardians
from face_rec.notices.reports.schedule import Schedule
from face_rec.requests.request import OwnRequests
from face_rec.stores.access.access_codec import decode, encode
from face_rec.stores.chain.ledger import Ledger
from face_rec.stores.chain.linked_hashes import KINDS, NEVER_AGAIN, digest_of, name_of
from face_rec.stores.chain.linking import Command, Linking, or_earlier, or_none
from face_rec.stores.redis import access_keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.redis.lua import Argument, Script
from face_rec.stores.stored_json import compact
from face_rec.visitors.visit import Visit

Record = TypeVar(
    "Record",
    Account,
    Device,
    Token,
    Factors,
    Handle,
    Channel,
    NoticeRule,
    Camera,
    Guardians,
    View,
    OwnRequests,
    Invitation,
    SelfEnrolment,
    StandIn,
    Schedule,
    Badge,
    BadgeKey,
    Visit,
    MobileConsent,
    Feed,
)

_PUT = Script("put_record")
_DONE: Final = b"done"
_LAST: Final = b"last"
_NAMES: Final[dict[type, str]] = {
    Account: "accounts", Device: "devices", Token: "tokens", Factors: "factors",
    Handle: "handles", Channel: "channels", NoticeRule: "notice-rules",
    Camera: "cameras", Guardians: "guardians", View: "views",
    OwnRequests: "own-requests", Invitation: "invitations", SelfEnrolment: "self-enrolments",
    StandIn: "stand-ins", Schedule: "report-schedules", Badge: "badges", BadgeKey: "badge-keys",
    Visit: "visits",
    MobileConsent: "mobile-consents",
    Feed: "calendars",
}  # fmt: skip


class RedisRecords(Generic[Record]):
    """A ``Records`` of :mod:`face_rec.access.storage`. Safe to call from several threads and
    processes at once.

    ``changed`` is called after each write, in the thread that made it; also after one whose
    answer was lost, for it may have been written. With a ``ledger`` every change is linked to
    the one before it; what factors, handles, channels, cameras, views and visits have become is
    not said there, only that they changed.
    """

    def __init__(
        self,
        client: Client,
        site: str,
        kind: type[Record],
        changed: Listener = unheard,
        ledger: Ledger | None = None,
    ) -> None:
        self._client = client
        self._changed = changed
        self._ledger = ledger
        self._kind: type[Record] = kind
        self._key = access_keys.access(site, _NAMES[kind])

    @redis_errors()
    def get(self, record_id: str) -> Record | None:
        stored = cast("bytes | None", self._client.hget(self._key, _field(record_id)))
        return None if stored is None else decode(self._kind, stored)

    @redis_errors()
    def all(self) -> list[Record]:
        stored = cast("dict[bytes, bytes]", self._client.hgetall(self._key))
        return [decode(self._kind, text) for _, text in sorted(stored.items())]

    def create(self, record: Record, only_first: bool = False) -> bool:
        try:
            return self._put(dataclasses.replace(record, version=1), 0, only_first) == _DONE
        finally:
            self._changed()

    def update(self, record: Record, keeps: Mapping[str, object] | None = None) -> Record:
        written = dataclasses.replace(record, version=record.version + 1)
        try:
            answer = self._put(written, record.version, keeps=keeps)
        finally:
            self._changed()
        if answer == _LAST:
            raise LastOne(
                sentence("{id} is the last one of its kind. Make another one first.", id=record.id)
            )
        if answer != _DONE:
            raise Conflict(
                sentence(
                    "Somebody else changed {id} in the meantime. Try again.", id=f"{record.id!r}"
                )
            )
        return written

    def remove(self, record_id: str) -> bool:
        try:
            return self._remove(record_id)
        finally:
            self._changed()

    @redis_errors()
    def _remove(self, record_id: str) -> bool:
        """With a ledger it is linked, and kept, also where there is none: Redis may have lost it
        a moment ago, and some machine may be about to offer it again."""
        if self._ledger is None:
            return bool(self._client.hdel(self._key, record_id))
        there = bool(self._client.hexists(self._key, record_id))
        gone, name = Command(self._key, ("HDEL", record_id)), self._name(record_id)
        if self._told or self._never_again:
            self._ledger.write({name: None}, [gone], erases=name)
        else:
            self._ledger.write({}, [gone], touches=[name], erases=name)
        return there

    @redis_errors()
    def count(self) -> int:
        return int(self._client.hlen(self._key))

    def _put(
        self,
        record: Record,
        over: int,
        only_first: bool = False,
        keeps: Mapping[str, object] | None = None,
    ) -> bytes:
        first, kept = "1" if only_first else "0", compact(dict(keeps)) if keeps else b""
        with redis_errors():
            stored = self._client.hget(self._key, _field(record.id)) if over else None
        text = encode(record, cast("bytes | None", stored))
        arguments: list[Argument] = [_field(record.id), over, text, first, kept]
        ledger = self._ledger
        with redis_errors():
            if ledger is None:
                answer = _PUT.run(self._client, [self._key], [*arguments, "", "", "", ""])
                return bytes(answer[0])
            names, name = [self._key, ledger.list_key, ledger.head_key], self._name(record.id)
            states = {name: digest_of(ledger, name, text)} if self._told else {}
            again = or_none(over) if self._never_again else or_earlier(over)
            answer = ledger.linked(
                ledger.entry(states, touches=() if self._told else [name]),
                Linking(
                    _PUT,
                    names,
                    arguments,
                    about=[name, *_people_of(record)],
                    again=([arguments[0], again, *arguments[2:]], ()),
                ),
            )
            return bytes(answer[0])

    @property
    def _told(self) -> bool:
        """Whether the chain says what these records are."""
        return _NAMES[self._kind] in KINDS

    @property
    def _never_again(self) -> bool:
        return _NAMES[self._kind] in NEVER_AGAIN

    def _name(self, record_id: str) -> str:
        return name_of(_NAMES[self._kind], record_id)


_SUBJECT: Final[dict[type, str]] = {
    Guardians: "id", OwnRequests: "id", MobileConsent: "id", Badge: "id", Feed: "id",
    Invitation: "subject", SelfEnrolment: "subject", BadgeKey: "holder", Visit: "host",
}  # fmt: skip
"""Where a record says whom it is about."""


def _people_of(record: Record) -> set[str]:
    """The subjects of whom ``record`` tells: nothing of it is kept once they are erased."""
    named = getattr(record, _SUBJECT[type(record)]) if type(record) in _SUBJECT else ""
    others: Collection[str] = ()
    if isinstance(record, OwnRequests):
        others = record.colleagues
    if isinstance(record, SelfEnrolment):
        others = record.alike
    return {named, *others} - {""}


def _field(record_id: str) -> bytes:
    """What a browser sends may hold anything, half a character included."""
    return record_id.encode("utf-8", "surrogatepass")


# Tries at passwords in Redis: one hash for each thing that is tried, gone by itself.

_BEGIN: Final = Script("begin_attempt")
_SETTLE: Final = Script("settle_attempt")


class RedisAttempts:
    """An ``AttemptStore``. Safe to call from several threads and processes at once."""

    def __init__(self, client: Client, site: str) -> None:
        self._client = client
        self._site = site

    @redis_errors()
    def begin(self, key: str, paces: Mapping[str, Pace], forget: float) -> Begun:
        args: list[Argument] = [_ms(forget)]
        for name, pace in paces.items():
            args += [name, pace.free, _ms(pace.first), _ms(pace.longest)]
        attempts = access_keys.attempts(self._site, key)
        allowed, wait, *counts = _BEGIN.run(self._client, [attempts], args)
        return Begun(bool(allowed), int(wait) / 1000, dict(zip(paces, counts, strict=False)))

    @redis_errors()
    def settle(self, key: str, forgotten: Sequence[str], one_less: Mapping[str, int]) -> None:
        args: list[Argument] = [len(forgotten), *forgotten]
        for name, count in one_less.items():
            args += [name, count]
        _SETTLE.run(self._client, [access_keys.attempts(self._site, key)], args)

    @redis_errors()
    def slowed(self, key: str) -> bool:
        found = cast("list[bytes]", self._client.hvals(access_keys.attempts(self._site, key)))
        return any(not value.endswith(b":0") for value in found)

    @redis_errors()
    def clear(self, key: str) -> None:
        self._client.delete(access_keys.attempts(self._site, key))


def _ms(seconds: float) -> int:
    return round(seconds * 1000)

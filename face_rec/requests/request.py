"""What a person may ask for on their own page, and how it stands: a mark, leave, a swap."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, Protocol

from face_rec.domain.marks import EventKind
from face_rec.domain.people import ERASED

KEPT: Final = timedelta(days=365)
"""For how long one that was decided is kept."""
KEPT_BACK: Final = timedelta(days=7)
"""For how long one that its person took back is kept."""
_STUCK: Final = timedelta(minutes=1)
BY_COLLEAGUE: Final = "the colleague"
"""Who declined a swap, as it is kept: the name is looked up, and gone once they are erased."""


class Standing(StrEnum):
    """How a request stands."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    TAKEN_BACK = "taken back"
    CANCELLED = "cancelled"
    """Approved leave that was undone, by its person before it began or by the office."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: a mark of ``kind`` at ``at`` that is missing; or, where ``event`` names
    one, that this mark does not count. ``at`` is aware."""

    at: datetime
    kind: EventKind
    event: str = ""


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """``reason`` and ``note`` are sealed. ``by``: who decided. ``made``: the correction that came
    of it; "" where none did, or not yet."""

    id: str
    wish: Wish
    reason: str = field(repr=False)
    asked_at: datetime
    standing: Standing = Standing.ASKED
    by: str = ""
    note: str = field(default="", repr=False)
    decided_at: datetime | None = None
    made: str = ""

    def waits(self, now: datetime) -> bool:
        """Whether somebody has to decide: also where whoever approved was cut off before the
        mark was written."""
        return waits(self, now)

    @property
    def unfinished(self) -> bool:
        """Approved, and what is to come of it is not noted (yet)."""
        return unfinished(self)

    def old(self, now: datetime) -> bool:
        """Whether it was decided so long ago that it is not kept any more."""
        return old(self, now)


class Decided(Protocol):
    """What requests of all kinds have in common."""

    @property
    def id(self) -> str: ...
    @property
    def asked_at(self) -> datetime: ...
    @property
    def standing(self) -> Standing: ...
    @property
    def decided_at(self) -> datetime | None: ...
    @property
    def made(self) -> str: ...


def unfinished(one: Decided) -> bool:
    """See :attr:`OwnRequest.unfinished`."""
    return one.standing is Standing.APPROVED and not one.made


def waits(one: Decided, now: datetime) -> bool:
    """See :meth:`OwnRequest.waits`."""
    stuck = unfinished(one) and now - (one.decided_at or now) > _STUCK
    return one.standing is Standing.ASKED or stuck


def old(one: Decided, now: datetime) -> bool:
    """See :meth:`OwnRequest.old`."""
    kept = KEPT_BACK if one.standing is Standing.TAKEN_BACK else KEPT
    return one.decided_at is not None and now - one.decided_at >= kept


@dataclass(frozen=True, slots=True)
class LeaveRequest:
    """Leave that somebody asks for, both days included. ``type``: of the site's leave types, by
    its id, and ``kind`` its name then; ``days``: how many it takes. ``reason`` and ``note`` are
    sealed. ``made``: the leave that came of it. ``attached``: the names of files beside it, see
    :class:`~face_rec.requests.attachments.Attachments`."""

    id: str
    type: str
    kind: str
    first: date
    last: date
    half: bool
    days: float
    reason: str = field(repr=False)
    asked_at: datetime
    standing: Standing = Standing.ASKED
    by: str = ""
    note: str = field(default="", repr=False)
    decided_at: datetime | None = None
    made: str = ""
    attached: tuple[str, ...] = ()

    def waits(self, now: datetime) -> bool:
        """See :meth:`OwnRequest.waits`."""
        return waits(self, now)

    @property
    def unfinished(self) -> bool:
        """See :attr:`OwnRequest.unfinished`."""
        return unfinished(self)

    def old(self, now: datetime) -> bool:
        """See :meth:`OwnRequest.old`. Of leave that is to come the year begins with its end."""
        ended = datetime.combine(self.last, time(), UTC)
        return old(self, now) and now - ended >= KEPT_BACK


@dataclass(frozen=True, slots=True)
class SwapRequest:
    """That ``other``, a colleague's subject, takes the shift of ``day``; where ``back`` is a day,
    in exchange for theirs of that day, which may be the same. ``shift`` and ``back_shift``: their
    ids when it was asked. ``agreed_at``: when the colleague agreed; before that nobody else
    decides. ``by``: who decided, BY_COLLEAGUE where ``other`` declined. ``reason`` and ``note``
    are sealed. ``made``: whether the roster has it."""

    id: str
    other: str
    day: date
    shift: str
    back: date | None
    back_shift: str
    reason: str = field(repr=False)
    asked_at: datetime
    agreed_at: datetime | None = None
    standing: Standing = Standing.ASKED
    by: str = ""
    note: str = field(default="", repr=False)
    decided_at: datetime | None = None
    made: str = ""

    def open_to(self, other: str) -> bool:
        """Whether this colleague has still to answer."""
        asked = self.standing is Standing.ASKED and self.agreed_at is None
        return asked and self.other == other

    def waits(self, now: datetime) -> bool:
        """See :meth:`OwnRequest.waits`; the colleague has agreed by then."""
        return self.agreed_at is not None and waits(self, now)

    @property
    def unfinished(self) -> bool:
        """See :attr:`OwnRequest.unfinished`."""
        return unfinished(self)

    def old(self, now: datetime) -> bool:
        """See :meth:`OwnRequest.old`; one that nobody has decided is old when its day is."""
        ended = datetime.combine(self.day, time(), UTC)
        return old(self, now) or (self.decided_at is None and now - ended >= KEPT_BACK)


@dataclass(frozen=True, slots=True)
class Offer:
    """That ``subject`` asks whose record this stands in for the swap ``id``, of ``day``."""

    id: str
    subject: str
    day: date


Asked = OwnRequest | LeaveRequest | SwapRequest


@dataclass(frozen=True, slots=True)
class OwnRequests:
    """Those of one person, oldest first; ``id``: the person's subject. ``language``: the code of
    that in which they read their page last; "": the site's."""

    id: str
    requests: tuple[OwnRequest, ...] = ()
    version: int = 0
    leaves: tuple[LeaveRequest, ...] = ()
    swaps: tuple[SwapRequest, ...] = ()
    offers: tuple[Offer, ...] = ()
    language: str = ""

    @property
    def all(self) -> tuple[Asked, ...]:
        """Of all kinds, by when they were asked for."""
        found: tuple[Asked, ...] = (*self.requests, *self.leaves, *self.swaps)
        return tuple(sorted(found, key=lambda one: one.asked_at))

    @property
    def colleagues(self) -> frozenset[str]:
        """The subjects of others who are in it."""
        return frozenset(
            (*(one.other for one in self.swaps), *(one.subject for one in self.offers))
        )

    def without_colleague(self, subject: str) -> "OwnRequests":
        """What this one has asked is gone with them, and it is not said whom they were asked."""
        swaps = (replace(o, other=ERASED) if o.other == subject else o for o in self.swaps)
        offers = (one for one in self.offers if one.subject != subject)
        return replace(self, swaps=tuple(swaps), offers=tuple(offers))

    def leave(self, request_id: str) -> LeaveRequest | None:
        return next((one for one in self.leaves if one.id == request_id), None)

    def swap(self, request_id: str) -> SwapRequest | None:
        return next((one for one in self.swaps if one.id == request_id), None)

    def get(self, request_id: str) -> OwnRequest | None:
        return next((one for one in self.requests if one.id == request_id), None)

    def having(self, changed: Asked) -> "OwnRequests":
        """With this one in the place of the one of its id."""
        if isinstance(changed, LeaveRequest):
            leaves = tuple(changed if one.id == changed.id else one for one in self.leaves)
            return replace(self, leaves=leaves)
        if isinstance(changed, SwapRequest):
            swaps = tuple(changed if one.id == changed.id else one for one in self.swaps)
            return replace(self, swaps=swaps)
        found = tuple(changed if one.id == changed.id else one for one in self.requests)
        return replace(self, requests=found)

    def without(self, request_id: str) -> "OwnRequests":
        return replace(
            self,
            requests=tuple(one for one in self.requests if one.id != request_id),
            leaves=tuple(one for one in self.leaves if one.id != request_id),
            swaps=tuple(one for one in self.swaps if one.id != request_id),
            offers=tuple(one for one in self.offers if one.id != request_id),
        )

    def without_files(self, request_id: str) -> "OwnRequests":
        """With none beside this request."""
        one = self.leave(request_id)
        return self.having(replace(one, attached=())) if one else self

    def kept(self, now: datetime) -> "OwnRequests":
        """Without what was decided long ago."""
        young = now.date() - KEPT_BACK
        return replace(
            self,
            requests=tuple(one for one in self.requests if not one.old(now)),
            leaves=tuple(one for one in self.leaves if not one.old(now)),
            swaps=tuple(one for one in self.swaps if not one.old(now)),
            offers=tuple(one for one in self.offers if one.day >= young),
        )

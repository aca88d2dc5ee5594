"""Leave that somebody asks for, in words for whoever decides."""

from face_rec.attendance.leave.balance import Balance
from face_rec.requests.leave_desk import WaitingLeave
from face_rec.requests.request import LeaveRequest
from pages.ui.shared.words import day, formats, said, said_many


def headline(one: LeaveRequest) -> str:
    """``Annual leave, 2026-03-02 to 2026-03-06, 5 days``"""
    first, last, days = day(one.first), day(one.last), days_of(one.days)
    if one.first == one.last and one.half:
        return said("{kind}, {first}, half the day, {days}", kind=one.kind, first=first, days=days)
    if one.first == one.last:
        return said("{kind}, {first}, {days}", kind=one.kind, first=first, days=days)
    if one.half:
        return said(
            "{kind}, {first} to {last}, half of each day, {days}",
            kind=one.kind, first=first, last=last, days=days,
        )  # fmt: skip
    return said(
        "{kind}, {first} to {last}, {days}", kind=one.kind, first=first, last=last, days=days
    )


def standing(one: WaitingLeave) -> list[str]:
    """How the days of its type stand, a line for each year."""
    return [_balance(balance) for balance in one.balances]


def _balance(one: Balance) -> str:
    values = {
        "type": one.type.name, "year": one.year, "allowed": number(one.allowed),
        "taken": number(one.taken), "requested": number(one.requested), "left": number(one.left),
    }  # fmt: skip
    if one.carried:
        text = said(
            "{type} {year}: {allowed} allowed and {carried} carried over, {taken} taken, "
            "{requested} asked for; {left} left when all is approved.",
            **values,
            carried=number(one.carried),
        )
    else:
        text = said(
            "{type} {year}: {allowed} allowed, {taken} taken, {requested} asked for; {left} left "
            "when all is approved.",
            **values,
        )
    return f"{text} {said('More than there is.')}" if one.left < 0 else text


def number(amount: float) -> str:
    """``2.5``, and ``5`` without a fraction."""
    return formats().number(amount)


def days_of(amount: float) -> str:
    """``1 day``, ``2.5 days``."""
    if amount == int(amount):
        return said_many("{count} day", "{count} days", int(amount))
    return said("{number} days", number=number(amount))

"""Leave that somebody asks for, in words for whoever decides."""

from face_rec.attendance.leave.balance import Balance
from face_rec.requests.leave_desk import WaitingLeave
from face_rec.requests.request import LeaveRequest


def headline(one: LeaveRequest) -> str:
    """``Annual leave, 2026-03-02 to 2026-03-06, 5 days``"""
    span = f"{one.first}" if one.first == one.last else f"{one.first} to {one.last}"
    half = ", half of each day" if one.half else ""
    return f"{one.kind}, {span}{half}, {days_of(one.days)}"


def standing(one: WaitingLeave) -> list[str]:
    """How the days of its type stand, a line for each year."""
    return [_balance(balance) for balance in one.balances]


def _balance(one: Balance) -> str:
    carried = f" and {one.carried:g} carried over" if one.carried else ""
    short = " More than there is." if one.left < 0 else ""
    return (
        f"{one.type.name} {one.year}: {one.allowed:g} allowed{carried}, {one.taken:g} taken, "
        f"{one.requested:g} asked for; {one.left:g} left when all is approved.{short}"
    )


def days_of(number: float) -> str:
    """``1 day``, ``2.5 days``."""
    return f"{number:g} day{'' if number == 1 else 's'}"

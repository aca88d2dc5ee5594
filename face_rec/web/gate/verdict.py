"""The one reading of the table: whether somebody may have what they ask for."""

from dataclasses import dataclass
from enum import StrEnum

from face_rec.access.control.tabs import SentFiles, Tabs
from face_rec.access.principal import Principal, PrincipalKind
from face_rec.web.gate.route_rules import Own, Rule, Way


class Verdict(StrEnum):
    """What the gate answers."""

    FINE = "fine"
    SIGN_IN = "sign in"  # nobody known asks
    MISSING = "missing"  # there is no such thing, or not for them
    DENIED = "denied"
    CLOSED = "closed"  # not at this hour


@dataclass(frozen=True, slots=True)
class Asked:
    """``path``: the own path (:func:`face_rec.web.gate.route_rules.below`). ``kiosk``: the one
    that the request names. ``open_now``: whether it is within that kiosk's hours. ``capture``:
    the guided capture that it names; ``captures``: whose they are."""

    principal: Principal | None
    path: str
    kiosk: str
    open_now: bool
    tabs: Tabs
    files: SentFiles
    capture: str
    captures: Tabs


def verdict(rule: Rule | None, asked: Asked) -> Verdict:
    """The judgement; the cookie or token that ``rule.way`` asks for was looked at already.
    Whether a path exists is told only to who is known."""
    who = asked.principal
    if rule is not None and rule.way in {Way.OPEN, Way.SIGNED}:
        return Verdict.FINE
    if who is None:
        return Verdict.SIGN_IN
    if rule is None:
        return Verdict.MISSING
    if not may(rule, who):
        return Verdict.DENIED
    return _own(rule.own, who, asked)


def may(rule: Rule, who: Principal) -> bool:
    """Whether ``who`` has what the rule asks of a person, whatever it is about."""
    if rule.way is Way.NEVER or (rule.way is Way.USER and who.kind is not PrincipalKind.USER):
        return False
    return not rule.rights or not rule.rights.isdisjoint(who.rights)


def sees_details(rule: Rule | None, who: Principal | None) -> bool:
    """Whether ``who`` is told more than that it works."""
    return rule is not None and who is not None and rule.details in who.rights


def _own(own: Own | None, who: Principal, asked: Asked) -> Verdict:
    match own:
        case Own.KIOSK | Own.KIOSK_ANYTIME if who.kiosk not in (None, asked.kiosk):
            return Verdict.DENIED
        case Own.KIOSK if not asked.open_now:
            return Verdict.CLOSED
        case Own.EVERYBODY if not who.groups.every:
            return Verdict.DENIED
        case Own.TAB | Own.FILE | Own.CAPTURE if not _theirs(own, who, asked):
            return Verdict.MISSING
    return Verdict.FINE


def _theirs(own: Own, who: Principal, asked: Asked) -> bool:
    """Whether ``who`` opened the tab or capture, or was sent the file, that is asked for."""
    if own is Own.TAB:
        return asked.tabs.owned(_tab(asked.path), who)
    if own is Own.CAPTURE:
        return asked.captures.owned(asked.capture, who)
    return asked.files.sent(_file(asked.path), who)


def _tab(path: str) -> str:
    """Of ``/_stcore/upload_file/TAB/FILE``."""
    return path.split("/")[3] if path.count("/") == 4 else ""


def _file(path: str) -> str:
    """Of ``/media/FILE.csv``, as Streamlit's store reads it."""
    name = path.removeprefix("/media/")
    return name.rpartition(".")[0] or name

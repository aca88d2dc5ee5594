"""What is told of one entry of a day's list."""

from collections.abc import Iterable

from face_rec.domain.liveness import Liveness, reasons
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.notices.notice import Facts, Notice, NoticeKind


def notices_of(event: Event, late: int) -> Iterable[Notice]:
    """``late``: seconds that somebody came late with this mark."""
    if event.kind.mark is not None:
        facts: Facts = {"kind": event.kind.value}
        yield _notice(event, NoticeKind.MARK, "", event.kind.mark.words, facts)
        if late:
            minutes = late // 60
            details = f"Late by {minutes} min"
            yield _notice(event, NoticeKind.LATE, "-late", details, {"minutes": minutes})
        if event.live is Liveness.ATTACK:  # marked all the same, where a kiosk only observes
            yield _notice(event, NoticeKind.SPOOF, "-spoof", *_why(event))
    elif event.source is Source.SEEN:
        return  # proposed only: told of when somebody confirms it
    elif event.kind is EventKind.HELD:
        attack = event.live is Liveness.ATTACK
        kind = NoticeKind.SPOOF if attack else NoticeKind.HELD
        yield _notice(event, kind, "", *_why(event))
    else:
        yield _corrected(event)


def _why(event: Event) -> tuple[str, Facts]:
    why = event.reason or "; ".join(reasons(event.found))
    return why, {"why": why}


def _corrected(event: Event) -> Notice:
    what, by = event.kind.correction, event.author or ""
    verb = what.verb if what else ""
    if what and what.disputed:
        return _notice(event, NoticeKind.DISPUTED, "", f"{verb} by {by}", {"by": by})
    facts: Facts = {"what": event.kind.value, "by": by}
    return _notice(event, NoticeKind.CORRECTION, "", f"{verb} by {by}", facts)


def _notice(event: Event, kind: NoticeKind, ending: str, details: str, facts: Facts) -> Notice:
    where = event.kiosk or (event.source.value if event.source is Source.MOBILE else "")
    return Notice(
        event.id + ending, kind, event.at, event.subject, where, event.id, details, facts
    )

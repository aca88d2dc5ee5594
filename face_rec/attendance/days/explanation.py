"""Why this status? The answer for one person and day, in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.days.day_rules import DayOutcome
from face_rec.attendance.days.planner import Plan
from face_rec.attendance.marks.clock_doubts import ClockChanges
from face_rec.attendance.marks.correction import AuditLine, audit
from face_rec.attendance.marks.effective_marks import Entry
from face_rec.attendance.rules.shift import days_text
from face_rec.attendance.terms.status import FLAG_TEXTS, Flag, Status
from face_rec.clock import offset_if_twice
from face_rec.kiosks.kiosk import Outage


@dataclass(frozen=True, slots=True)
class EventLine:
    """One mark of the day and what became of it; ``at`` is local."""

    at: datetime
    kind: str
    kiosk: str
    source: str
    used: bool
    note: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Explanation:
    """``rule`` describes the shift; ``steps`` are the arithmetic, in order;
    ``corrections`` the audit trail; ``malformed`` raw entries of the days in
    question that could not be read."""

    record: DayRecord
    rule: tuple[str, ...]
    events: tuple[EventLine, ...]
    steps: tuple[str, ...]
    corrections: tuple[AuditLine, ...]
    outages: tuple[str, ...]
    malformed: tuple[str, ...]


class Explainer:
    """Tells one judged day in the words and times of one zone."""

    def __init__(self, zone: ZoneInfo, changes: ClockChanges) -> None:
        self._zone = zone
        self._changes = changes

    def explain(
        self,
        *,
        record: DayRecord,
        plan: Plan,
        judged: DayOutcome,
        marks: Sequence[Entry],
        outages: Sequence[Outage],
        malformed: Sequence[str],
    ) -> Explanation:
        """The whole answer; ``marks`` are all of the day, voided ones too."""
        return Explanation(
            record,
            self._rule(plan, record.day),
            tuple(self._event(entry, plan, judged) for entry in marks),
            tuple(self._steps(plan, judged, record)),
            tuple(sorted((line for e in marks for line in audit(e)), key=lambda line: line.at)),
            tuple(
                f"Kiosk {one.kiosk} gave no sign of life from {self._clock(one.start)} "
                f"to {self._clock(one.end)}."
                for one in outages
            ),
            tuple(malformed),
        )

    def _rule(self, plan: Plan, day: date) -> tuple[str, ...]:
        shift = plan.shift
        window = f"Punches from {self._clock(plan.opens)} to {self._clock(plan.closes)} count"
        if shift.presence_only:
            what = "presence only: one mark makes the day."
            return (f"{shift.name} on {days_text(shift.days)}, {what}", f"{window} for {day}.")
        hours = f"{shift.name}: {self._clock(plan.start)} to {self._clock(plan.end)}"
        return (
            f"{hours} on {days_text(shift.days)}.",
            f"{window} for {day}; {shift.reading} punches, {shift.counting}.",
            f"Grace {shift.late_grace} min in the morning, {shift.early_grace} min at the end.",
            *_limits(plan),
        )

    def _event(self, entry: Entry, plan: Plan, judged: DayOutcome) -> EventLine:
        at = int(entry.event.at.timestamp() // 1)
        inside = plan.opens <= at < plan.closes
        unused = {punch.at: FLAG_TEXTS[Flag(why)] for punch, why in judged.pairs.unused}
        note = ""
        if entry.voided:
            note = "voided"
        elif not inside:
            note = "outside the check-in window"
        elif at in unused:
            note = unused[at]
        used = inside and not entry.voided and at not in unused
        note = ", ".join(filter(None, (note, self._by_clock(entry))))
        local = entry.event.at.astimezone(self._zone)
        return EventLine(
            local, entry.kind.value, entry.event.kiosk, entry.event.source.value, used, note, entry
        )

    def _by_clock(self, entry: Entry) -> str:
        """What is known against the time of a mark, whoever has looked at it since."""
        said = entry.event.clock.doubt if entry.event.clock else ""
        return said or self._changes.doubt(entry.event, self._zone)

    def _steps(self, plan: Plan, judged: DayOutcome, record: DayRecord) -> list[str]:
        steps = [f"Day off: {plan.note or plan.instead}."] if plan.instead else []
        if plan.half_leave:
            steps.append(f"Half a day of leave ({plan.note}): lateness is not counted.")
        if plan.elsewhere:
            steps.append(f"Works elsewhere ({plan.note}): counts as present, marked or not.")
        if not judged.punches:
            steps.append("No punch inside the window.")
        elif not plan.shift.presence_only:
            steps += self._hours(judged)
            steps += self._lateness(plan, judged)
        steps += _because(plan, judged)
        steps += [f"Note: {text}." for text in record.remarks if text != record.note]
        return [*steps, f"So the day is: {record.status}."]

    def _hours(self, judged: DayOutcome) -> list[str]:
        lines = [
            f"{self._clock(came.at)} to {self._clock(left.at)} = {hours(left.at - came.at)}"
            for came, left in judged.pairs.spans
        ]
        if judged.pairs.open is not None and judged.closed_at:
            came = judged.pairs.open.at
            lines.append(
                f"{self._clock(came)} to {self._clock(judged.closed_at)} (end of the shift, "
                f"no check-out) = {hours(judged.closed_at - came)}"
            )
        elif judged.pairs.open is not None:
            lines.append(f"In at {self._clock(judged.pairs.open.at)}, no check-out.")
        if judged.deducted:
            lines.append(f"minus {hours(judged.deducted)} break")
        return [*lines, f"Worked: {hours(judged.worked)}"] if lines else []

    def _lateness(self, plan: Plan, judged: DayOutcome) -> list[str]:
        lines = []
        if judged.late:
            lines.append(
                f"In at {self._clock(judged.first, seconds=True)}, {hours(judged.late, True)} "
                f"after {self._clock(plan.start)} and beyond the grace of "
                f"{plan.shift.late_grace} min."
            )
        if judged.early:
            lines.append(
                f"Out at {self._clock(judged.last, seconds=True)}, {hours(judged.early, True)} "
                f"before {self._clock(plan.end)} and beyond the grace of "
                f"{plan.shift.early_grace} min."
            )
        if judged.overtime:
            lines.append(f"Overtime: {hours(judged.overtime)}")
        return lines

    def _clock(self, moment: int, seconds: bool = False) -> str:
        local = datetime.fromtimestamp(moment, UTC).astimezone(self._zone)
        shown = f"{local:%a %H:%M:%S}" if seconds else f"{local:%a %H:%M}"
        return shown + offset_if_twice(local)


def hours(seconds: int, precise: bool = False) -> str:
    """A duration for people: ``7 h 05 min``, with seconds if ``precise``."""
    whole, rest = divmod(abs(seconds), 3600)
    text = f"{whole} h {rest // 60:02d} min" if whole else f"{rest // 60} min"
    return f"{text} {rest % 60:02d} s" if precise else text


def _limits(plan: Plan) -> list[str]:
    shift, lines = plan.shift, []
    if shift.half_day_below is not None:
        lines.append(f"Less than {hours(60 * shift.half_day_below)} is half a day.")
    if shift.absent_below is not None:
        lines.append(f"Less than {hours(60 * shift.absent_below)} is absent.")
    return lines


def _because(plan: Plan, judged: DayOutcome) -> list[str]:
    shift, halved = plan.shift, " (halved by half a day of leave)" * plan.half_leave
    worked = hours(judged.worked)
    if judged.status is Status.HALF_DAY and shift.half_day_below is not None:
        return [f"{worked} is less than {hours(60 * shift.half_day_below)}{halved}: half a day."]
    if judged.status is Status.ABSENT and judged.punches and shift.absent_below is not None:
        return [f"{worked} is less than {hours(60 * shift.absent_below)}{halved}: absent."]
    if judged.status is Status.KIOSK_DOWN:
        return ["No kiosk could have seen them for a part of the shift: not called an absence."]
    return []

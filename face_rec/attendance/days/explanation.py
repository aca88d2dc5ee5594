"""The answer to why a day has its status, in plain words: which rule held, what became of each
mark, and the arithmetic."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.days.day_rules import DayOutcome
from face_rec.attendance.days.explained_day import EventLine, Explanation
from face_rec.attendance.days.planner import Plan
from face_rec.attendance.marks.clock_doubts import ClockChanges
from face_rec.attendance.marks.correction import audit
from face_rec.attendance.marks.effective_marks import Entry
from face_rec.attendance.rules.shift import WEEKDAYS, Counting, Reading
from face_rec.attendance.terms.status import FLAG_TEXTS, Flag, Status
from face_rec.clock import offset_if_twice
from face_rec.kiosks.kiosk import Outage
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Moment, Sentence, listed, sentence


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
                sentence(
                    "Kiosk {kiosk} gave no sign of life from {start} to {end}.",
                    kiosk=one.kiosk,
                    start=self._clock(one.start),
                    end=self._clock(one.end),
                )
                for one in outages
            ),
            tuple(malformed),
        )

    def _rule(self, plan: Plan, day: date) -> tuple[str, ...]:
        shift = plan.shift
        opens, closes = self._clock(plan.opens), self._clock(plan.closes)
        days = _days(shift.days)
        if shift.presence_only:
            return (
                sentence(
                    "{shift} on {days}, presence only: one mark makes the day.",
                    shift=shift.name, days=days,
                ),
                sentence(
                    "Punches from {start} to {end} count for {day}.",
                    start=opens, end=closes, day=day,
                ),
            )  # fmt: skip
        return (
            sentence(
                "{shift}: {start} to {end} on {days}.",
                shift=shift.name, start=self._clock(plan.start), end=self._clock(plan.end),
                days=days,
            ),
            sentence(
                "Punches from {start} to {end} count for {day}; {reading} punches, {counting}.",
                start=opens, end=closes, day=day, reading=sentence(_READING[shift.reading]),
                counting=sentence(_COUNTING[shift.counting]),
            ),
            sentence(
                "Grace {late} min in the morning, {early} min at the end.",
                late=shift.late_grace, early=shift.early_grace,
            ),
            *_limits(plan),
        )  # fmt: skip

    def _event(self, entry: Entry, plan: Plan, judged: DayOutcome) -> EventLine:
        at = int(entry.event.at.timestamp() // 1)
        inside = plan.opens <= at < plan.closes
        unused = {punch.at: FLAG_TEXTS[Flag(why)] for punch, why in judged.pairs.unused}
        note = ""
        if entry.voided:
            note = msgid("voided")
        elif not inside:
            note = msgid("outside the check-in window")
        elif at in unused:
            note = unused[at]
        used = inside and not entry.voided and at not in unused
        note = listed(filter(None, (note, self._by_clock(entry))))
        local = entry.event.at.astimezone(self._zone)
        return EventLine(
            local, entry.kind.value, entry.event.kiosk, entry.event.source.value, used, note, entry
        )

    def _by_clock(self, entry: Entry) -> str:
        """What is known against the time of a mark, whoever has looked at it since."""
        said = entry.event.clock.doubt if entry.event.clock else ""
        return said or self._changes.doubt(entry.event, self._zone)

    def _steps(self, plan: Plan, judged: DayOutcome, record: DayRecord) -> list[str]:
        steps: list[str] = (
            [sentence("Day off: {why}.", why=plan.note or plan.instead)] if plan.instead else []
        )
        if plan.half_leave:
            steps.append(
                sentence("Half a day of leave ({note}): lateness is not counted.", note=plan.note)
            )
        if plan.elsewhere:
            steps.append(
                sentence(
                    "Works elsewhere ({note}): counts as present, marked or not.", note=plan.note
                )
            )
        if not judged.punches:
            steps.append(msgid("No punch inside the window."))
        elif not plan.shift.presence_only:
            steps += self._hours(judged)
            steps += self._lateness(plan, judged)
        steps += _because(plan, judged)
        steps += [
            sentence("Note: {text}.", text=text) for text in record.remarks if text != record.note
        ]
        return [*steps, sentence("So the day is: {status}.", status=sentence(record.status.value))]

    def _hours(self, judged: DayOutcome) -> list[str]:
        lines: list[str] = [
            sentence(
                "{start} to {end} = {hours}",
                start=self._clock(came.at),
                end=self._clock(left.at),
                hours=hours(left.at - came.at),
            )
            for came, left in judged.pairs.spans
        ]
        if judged.pairs.open is not None and judged.closed_at:
            came = judged.pairs.open.at
            lines.append(
                sentence(
                    "{start} to {end} (end of the shift, no check-out) = {hours}",
                    start=self._clock(came),
                    end=self._clock(judged.closed_at),
                    hours=hours(judged.closed_at - came),
                )
            )
        elif judged.pairs.open is not None:
            lines.append(
                sentence("In at {start}, no check-out.", start=self._clock(judged.pairs.open.at))
            )
        if judged.deducted:
            lines.append(sentence("minus {hours} break", hours=hours(judged.deducted)))
        return [*lines, sentence("Worked: {hours}", hours=hours(judged.worked))] if lines else []

    def _lateness(self, plan: Plan, judged: DayOutcome) -> list[str]:
        lines: list[str] = []
        if judged.late:
            lines.append(
                sentence(
                    "In at {start}, {hours} after {end} and beyond the grace of {grace} min.",
                    start=self._clock(judged.first, seconds=True),
                    hours=hours(judged.late, True),
                    end=self._clock(plan.start),
                    grace=plan.shift.late_grace,
                )
            )
        if judged.early:
            lines.append(
                sentence(
                    "Out at {start}, {hours} before {end} and beyond the grace of {grace} min.",
                    start=self._clock(judged.last, seconds=True),
                    hours=hours(judged.early, True),
                    end=self._clock(plan.end),
                    grace=plan.shift.early_grace,
                )
            )
        if judged.overtime:
            lines.append(sentence("Overtime: {hours}", hours=hours(judged.overtime)))
        return lines

    def _clock(self, moment: int, seconds: bool = False) -> Moment:
        local = datetime.fromtimestamp(moment, UTC).astimezone(self._zone)
        return Moment(local, seconds, offset_if_twice(local))


_READING: Final = {
    Reading.ALTERNATING: msgid("alternating"), Reading.TYPED: msgid("typed"),
}  # fmt: skip
_COUNTING: Final = {
    Counting.FIRST_LAST: msgid("first in, last out"),
    Counting.EVERY_PAIR: msgid("every valid pair"),
}
_DAYS: Final = ("", "{a}", "{a}, {b}", "{a}, {b}, {c}", "{a}, {b}, {c}, {d}",
                "{a}, {b}, {c}, {d}, {e}", "{a}, {b}, {c}, {d}, {e}, {f}",
                "{a}, {b}, {c}, {d}, {e}, {f}, {g}")  # fmt: skip


def _days(days: frozenset[int]) -> Sentence:
    """The days of the week in words, e.g. ``Mon, Tue, Wed``."""
    names = [sentence(WEEKDAYS[day]) for day in sorted(days)]
    return sentence(_DAYS[len(names)], **dict(zip("abcdefg", names, strict=False)))


def hours(seconds: int, precise: bool = False) -> Sentence:
    """A duration for people: ``7 h 05 min``, with seconds if ``precise``."""
    whole, rest = divmod(abs(seconds), 3600)
    minutes, over = rest // 60, f"{rest % 60:02d}"
    if whole and precise:
        return sentence(
            "{hours} h {minutes} min {seconds} s", hours=whole, minutes=f"{minutes:02d}",
            seconds=over,
        )  # fmt: skip
    if whole:
        return sentence("{hours} h {minutes} min", hours=whole, minutes=f"{minutes:02d}")
    if precise:
        return sentence("{minutes} min {seconds} s", minutes=minutes, seconds=over)
    return sentence("{minutes} min", minutes=minutes)


def _limits(plan: Plan) -> list[str]:
    shift = plan.shift
    lines: list[str] = []
    if shift.half_day_below is not None:
        lines.append(
            sentence("Less than {hours} is half a day.", hours=hours(60 * shift.half_day_below))
        )
    if shift.absent_below is not None:
        lines.append(
            sentence("Less than {hours} is absent.", hours=hours(60 * shift.absent_below))
        )
    return lines


_HALF: Final = msgid("{worked} is less than {least}: half a day.")
_HALVED_HALF: Final = msgid(
    "{worked} is less than {least} (halved by half a day of leave): half a day."
)
_ABSENT: Final = msgid("{worked} is less than {least}: absent.")
_HALVED_ABSENT: Final = msgid(
    "{worked} is less than {least} (halved by half a day of leave): absent."
)


def _because(plan: Plan, judged: DayOutcome) -> list[str]:
    shift, worked = plan.shift, hours(judged.worked)
    if judged.status is Status.HALF_DAY and shift.half_day_below is not None:
        least = hours(60 * shift.half_day_below)
        text = _HALVED_HALF if plan.half_leave else _HALF
        return [sentence(text, worked=worked, least=least)]
    if judged.status is Status.ABSENT and judged.punches and shift.absent_below is not None:
        least = hours(60 * shift.absent_below)
        text = _HALVED_ABSENT if plan.half_leave else _ABSENT
        return [sentence(text, worked=worked, least=least)]
    if judged.status is Status.KIOSK_DOWN:
        return [
            msgid("No kiosk could have seen them for a part of the shift: not called an absence.")
        ]
    return []

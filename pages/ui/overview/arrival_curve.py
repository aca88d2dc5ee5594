"""The curve of arrivals, as HTML with a small SVG of our own.

Vega would draw it as well, with 245 kB over the line for one staircase: on 1.5 Mbit/s that is
more than a second of the page that everybody opens first. The charts of Reports and of a person's
year, which are chosen and clicked, are Vega's (:mod:`pages.ui.shared.charts`).

The picture is stretched to the room there is and the words stand over it, so that they are as
large on a phone as on a wall.
"""

from base64 import b64encode
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from pages.ui.shared.text import html
from pages.ui.shared.words import formats, said_many

_LEAST = timedelta(hours=4)  # what the axis covers at least
_MOST_HOURS: Final = 5
"""Times written below the curve, as many as a phone has room for."""
_MOST_COUNTS: Final = 5
_FINE: Final = 500
STYLE: Final = """<style>
.fr-curve { --line: color-mix(in srgb, currentColor 12%, transparent); position: relative;
  height: 13.5rem; margin: 0.6rem 0.4rem 1.6rem 2.6rem; font-size: 0.78rem; line-height: 1; }
.fr-curve img { position: absolute; inset: 0; width: 100%; height: 100%; }
.fr-curve * { position: absolute; white-space: nowrap; }
.fr-curve .fr-count { right: 100%; left: auto; margin-right: 0.5rem; transform: translateY(50%); }
.fr-curve span { opacity: 0.74; }
.fr-curve .fr-grid { left: 0; right: 0; border-top: 1px solid var(--line); }
.fr-curve .fr-expected { left: 0; right: 0; border-top: 1px dashed; opacity: 0.55; }
.fr-curve .fr-words { right: 0; padding-bottom: 0.3rem; }
.fr-curve .fr-time { top: 100%; padding-top: 0.5rem; transform: translateX(-50%); }
.fr-curve .fr-part { top: 0; bottom: 0; }
.fr-curve .fr-part:hover { background: rgb(15 118 110 / 12%); }
</style>"""


@dataclass(frozen=True, slots=True)
class _Scale:
    """From times and people to shares of the picture, in per cent from left and from below."""

    start: datetime
    end: datetime
    most: float

    def across(self, at: datetime) -> float:
        return round(100 * ((at - self.start) / (self.end - self.start)), 2)

    def up(self, people: float) -> float:
        return round(100 * people / self.most, 2)


def arrival_curve(times: Sequence[datetime], expected: int, now: datetime) -> str:
    """How many people had come by when, as HTML; ``times`` (at least one, sorted) and ``now`` in
    the site's zone.

    Reads the same with one arrival and with five hundred: the axis is a morning long at least,
    and the line goes on to ``now``. Each part between two written times tells its number where
    the pointer rests; the whole is told as one sentence to who cannot see it.
    """
    start = (times[0] - timedelta(minutes=30)).replace(minute=0, second=0, microsecond=0)
    until = max(now, times[-1])
    scale = _Scale(start, max(until, start + _LEAST), max(1.12 * expected, len(times), 2))
    parts = [
        *_counts(scale),
        _staircase(scale, times, until, _sentence(times, expected)),
        *_hours(scale),
        *_expected(scale, expected),
        *_told(scale, times, until),
    ]
    return f'{STYLE}<div class="fr-curve">{"".join(parts)}</div>'


def _sentence(times: Sequence[datetime], expected: int) -> str:
    first, last = formats().clock(times[0]), formats().clock(times[-1])
    if expected:
        return said_many(
            "{count} came between {first} and {last}, {expected} expected",
            "{count} came between {first} and {last}, {expected} expected",
            len(times), first=first, last=last, expected=formats().number(expected),
        )  # fmt: skip
    return said_many(
        "{count} came between {first} and {last}", "{count} came between {first} and {last}",
        len(times), first=first, last=last,
    )  # fmt: skip


def _staircase(scale: _Scale, times: Sequence[datetime], until: datetime, words: str) -> str:
    digits = 2 if len(times) <= _FINE else 1  # so many steps are one line to the eye
    came = {round(scale.across(at), digits): number for number, at in enumerate(times, start=1)}
    steps = [f"M{scale.across(scale.start)} 100"]
    steps += [f"H{across}V{round(100 - scale.up(number), 2)}" for across, number in came.items()]
    line = "".join([*steps, f"H{scale.across(until)}"])
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" preserveAspectRatio="none">'
        f'<path d="{line}V100Z" fill="#0f766e" fill-opacity="0.16"/>'
        f'<path d="{line}" fill="none" stroke="#0f766e" stroke-width="2.2" '
        'vector-effect="non-scaling-stroke"/></svg>'
    )
    data = b64encode(svg.encode()).decode()
    return f'<img alt="{html(words)}" src="data:image/svg+xml;base64,{data}">'


def _expected(scale: _Scale, expected: int) -> Iterator[str]:
    if expected:
        at = f"bottom:{scale.up(expected)}%"
        yield f'<div class="fr-expected" style="{at}"></div>'
        yield f'<span class="fr-words" style="{at}">{_awaited(expected)}</span>'


def _awaited(expected: int) -> str:
    return html(said_many("{count} expected", "{count} expected", expected))


def _counts(scale: _Scale) -> Iterator[str]:
    for people in range(0, int(scale.most) + 1, _step(scale.most)):
        at = f"bottom:{scale.up(people)}%"
        yield f'<div class="fr-grid" style="{at}"></div>'
        yield f'<span class="fr-count" style="{at}">{people:,}</span>'


def _step(most: float) -> int:
    """The smallest of 1, 2, 5, 10, 20 … with which there are few lines."""
    steps = (part * int(10**tens) for tens in count() for part in (1, 2, 5))
    return next(step for step in steps if most / step <= _MOST_COUNTS)


def _hours(scale: _Scale) -> Iterator[str]:
    for at in _written(scale):
        shown = html(formats().hour(at))
        yield f'<span class="fr-time" style="left:{scale.across(at)}%">{shown}</span>'


def _written(scale: _Scale) -> list[datetime]:
    """The times that stand below the curve: full hours, not too many of them."""
    hours = int((scale.end - scale.start) / timedelta(hours=1))
    every = -(-hours // (_MOST_HOURS + 1))
    return [scale.start + timedelta(hours=n) for n in range(every, hours, every)]


def _told(scale: _Scale, times: Sequence[datetime], until: datetime) -> Iterator[str]:
    """What a part of the picture says to the pointer."""
    ends = [*(at for at in _written(scale) if at < until), until]
    for begin, end in zip([scale.start, *ends], ends, strict=False):
        came = bisect_right(times, end)
        sides = f"left:{scale.across(begin)}%;right:{round(100 - scale.across(end), 2)}%"
        told = said_many(
            "By {time}: {count} came", "By {time}: {count} came", came, time=formats().clock(end)
        )
        yield f'<div class="fr-part" style="{sides}" title="{html(told)}"></div>'

"""What in the gallery needs somebody's attention: who looks like whom, which photo is whose, whose
scores sink, whom the kiosks keep missing.

That somebody is missed shows in two ways. In what is kept anyway: they come by PIN where others
are recognised. And, where a site counts it (:mod:`face_rec.people.missed`), in visits that came
near to them and ended without a name. Such a visit may have been a stranger's, so nobody is told
of unless there are more of them than chance brings: more than others have for as many visits, and
more than others have at all.
"""

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy

from face_rec.attendance.marks.effective_marks import Entry
from face_rec.domain.marks import Source
from face_rec.domain.people import Person
from face_rec.models.scores.own_report import Finding, Need
from face_rec.models.scores.searches import MOST_LOOKS, Searches
from face_rec.people.missed.visits import DAYS

Integers = npt.NDArray[np.int64]

MOST: Final = 50
"""Of each kind; who has more begins with the worst."""
SCORE_DAYS: Final = 56
_FEWEST_DAYS: Final = 8
_SUNK: Final = 0.05
_FEWEST_PINS: Final = 5
_FEWEST_UNNAMED: Final = 5
_FEWEST_UNNAMED_DAYS: Final = 3
_A_DAY: Final = 4
"""Visits without a name that count of one day: who walks up and down is one person."""
_FEWEST_KNOWN: Final = 100
_SURELY: Final = 0.9
_CHANCE: Final = 0.05
"""Of what is listed at most this share is so by chance (Benjamini and Hochberg 1995)."""
_CAMERA: Final = (Source.VIDEO, Source.STILL, Source.OFFLINE)


def alike(searches: Searches, threshold: float) -> list[Finding]:
    """Pairs of people of whom one is taken for the other at ``threshold``. Where they score as
    photos of one person mostly do, they may be one."""
    one_person = one_person_from(searches)
    best: dict[tuple[str, str], float] = {}
    for look in np.flatnonzero((searches.other >= threshold) & (searches.rivals >= 0)):
        names = searches.subjects[searches.people[look]], searches.subjects[searches.rivals[look]]
        pair = min(names), max(names)
        best[pair] = max(best.get(pair, -1.0), float(searches.other[look]))
    worst = sorted(best.items(), key=lambda found: -found[1])
    needs = [(Need.SAME if score >= one_person else Need.ALIKE, pair, score)
             for pair, score in worst]  # fmt: skip
    return _most([
        Finding(need, one, other=other, score=score, against=threshold)
        for need, (one, other), score in needs
    ])  # fmt: skip


def one_person_from(searches: Searches) -> float:
    """The score from which two people are likely one: the median of looks at somebody whose other
    photos are enrolled; with fewer than _FEWEST_KNOWN such people a score that nobody else has."""
    mated = searches.mated
    known = len(np.unique(searches.people[mated]))
    return float(np.median(searches.own[mated])) if known >= _FEWEST_KNOWN else _SURELY


def apart(searches: Searches, one_person: float) -> Searches:
    """Without the looks that find somebody else as surely as one finds oneself (``one_person``):
    mistakes of the register, who is in it twice, rather than of the model. NIST's lists are
    cleaned so, too. Twins and siblings may be among them: whoever leaves them out must see what
    they would ask for."""
    return searches.only(searches.other < one_person)


def strange(searches: Searches, agreement: float) -> list[Finding]:
    """The photo of each person that agrees least with their others: less than ``agreement``, or
    less than with somebody else. One such photo makes strangers that person's."""
    worst: dict[int, int] = {}
    odd = searches.mated & ((searches.own < agreement) | (searches.other > searches.own))
    for look in np.flatnonzero(odd):
        person = int(searches.people[look])
        known = worst.get(person)
        if known is None or searches.own[look] < searches.own[known]:
            worst[person] = int(look)
    looks = sorted(worst.values(), key=lambda look: searches.own[look])
    return _most([_strange(searches, look, agreement) for look in looks])


def _strange(searches: Searches, look: int, agreement: float) -> Finding:
    rival = int(searches.rivals[look])
    closer = rival >= 0 and searches.other[look] >= max(searches.own[look], agreement)
    return Finding(
        Need.STRANGE,
        searches.subjects[searches.people[look]],
        other=searches.subjects[rival] if closer else "",
        score=float(searches.own[look]),
        against=agreement,
        place=int(searches.places[look]),
    )


def doubted(people: Iterable[Person]) -> list[Finding]:
    """Who was registered while it was in doubt that they themselves were before the camera; those
    for whom somebody had to vouch first."""
    found = sorted((one for one in people if one.doubted), key=lambda one: not one.vouched)
    return _most([Finding(Need.DOUBTED, one.subject) for one in found])


class MarkHistory:
    """Marks of the last days, day by day, in 20 bytes for each person and day."""

    def __init__(self, contract: str, today: date) -> None:
        self._contract = contract
        self._today = today
        self.pictures: dict[str, list[str]] = defaultdict(list)
        """By person, the pictures of marks that somebody has confirmed, the newest first."""
        self._days: dict[str, array[int]] = defaultdict(lambda: array("i"))
        self._scores: dict[str, array[float]] = defaultdict(lambda: array("f"))
        self._pins: dict[str, int] = defaultdict(int)
        self._seen: dict[str, int] = defaultdict(int)

    def add(self, day: date, marks: Sequence[Entry]) -> None:
        """The marks of one day, in order of time; days come newest first."""
        scores: dict[str, list[float]] = defaultdict(list)
        back = (self._today - day).days
        for one in reversed(marks):
            if one.voided:
                continue
            event = one.event
            if one.confirmed and event.snapshot and len(self.pictures[event.subject]) < MOST_LOOKS:
                self.pictures[event.subject].append(event.snapshot)
            if back < SCORE_DAYS and event.score is not None and event.contract == self._contract:
                scores[event.subject].append(event.score)
            if back < DAYS:
                self._pins[event.subject] += event.source is Source.PIN
                self._seen[event.subject] += event.source in _CAMERA
        for subject, found in scores.items():
            self._days[subject].append(-back)
            self._scores[subject].append(float(np.median(found)))

    def sinking(self, threshold: float) -> list[Finding]:
        """Whose scores fall, by a rank test that a few bad days do not sway, so far that another
        such fall ends below ``threshold``."""
        tested = [s for s, days in self._days.items() if len(days) >= _FEWEST_DAYS]
        trends = {s: _trend(self._days[s], self._scores[s]) for s in tested}
        real = _not_by_chance({s: trend[0] for s, trend in trends.items()})
        found = [
            Finding(Need.SINKING, s, score=trends[s][2], against=threshold, before=trends[s][1],
                    count=len(self._days[s]), picture=self._picture(s))
            for s in real
            if _falls_short(*trends[s][1:], threshold)
        ]  # fmt: skip
        return _most(sorted(found, key=lambda one: one.score))

    def missed(self, enrolled: Collection[str]) -> list[Finding]:
        """Who comes by PIN more often than the others who can be recognised, beyond chance."""
        people = [s for s in enrolled if self._pins.get(s, 0) + self._seen.get(s, 0)]
        own = np.array([self._pins.get(s, 0) for s in people], np.int64)
        mine = own + np.array([self._seen.get(s, 0) for s in people], np.int64)
        usual = (own.sum() - own + 1) / (mine.sum() - mine + 2)
        # Everybody is asked, who has few PINs as well: else chance would choose who is.
        chance = np.asarray(scipy.stats.binom.sf(own - 1, mine, usual), np.float64)
        chances = dict(zip(people, chance.tolist(), strict=True))
        found = [
            Finding(Need.MISSED, s, count=self._pins[s], of=self._pins[s] + self._seen[s],
                    picture=self._picture(s))
            for s in _not_by_chance(chances)
            if self._pins[s] >= _FEWEST_PINS
        ]  # fmt: skip
        return _most(sorted(found, key=lambda one: -one.count / one.of))

    def unnamed(
        self, days: Iterable[Mapping[str, int]], enrolled: Collection[str]
    ) -> list[Finding]:
        """Whom visits without a name came near to, beyond chance: more often than to the others,
        and more often for as many visits. ``days``: how often, by subject, on each day."""
        times: dict[str, list[int]] = defaultdict(list)
        for day in days:
            for subject, count in day.items():
                times[subject].append(min(count, _A_DAY))
        people = list(enrolled)
        own = np.array([sum(times.get(s, ())) for s in people], np.int64)
        all_ = own + np.array([self._seen.get(s, 0) for s in people], np.int64)
        chances = dict(zip(people, _chances(own, all_), strict=True))
        found = [
            Finding(Need.UNNAMED, s, count=sum(times[s]), of=sum(times[s]) + self._seen.get(s, 0),
                    picture=self._picture(s))
            for s in _not_by_chance(chances)
            if sum(times[s]) >= _FEWEST_UNNAMED and len(times[s]) >= _FEWEST_UNNAMED_DAYS
        ]  # fmt: skip
        return _most(sorted(found, key=lambda one: -one.count / one.of))

    def few(self, searches: Searches) -> list[Finding]:
        """Who is known by one photo, while there is a picture of them that somebody confirmed."""
        alone = np.unique(searches.people[~searches.mated])
        names = [searches.subjects[person] for person in alone]
        return _most([
            Finding(Need.FEW, s, count=1, picture=self._picture(s)) for s in names
            if self._picture(s)
        ])  # fmt: skip

    def _picture(self, subject: str) -> str:
        return next(iter(self.pictures.get(subject, ())), "")


def _trend(days: "array[int]", scores: "array[float]") -> tuple[float, float, float]:
    """How likely a fall like this is by chance, and where the line through the scores begins and
    ends (Theil and Sen)."""
    x, y = np.array(days, np.float64), np.array(scores, np.float64)
    chance = float(scipy.stats.kendalltau(x, y, alternative="less").pvalue)
    slope, start = scipy.stats.theilslopes(y, x)[:2]
    first, last = start + slope * x.min(), start + slope * x.max()
    return (1.0 if np.isnan(chance) else chance), float(first), float(last)


def _chances(own: Integers, all_: Integers) -> list[float]:
    """How likely everybody's ``own`` (N,) visits of ``all_`` (N,) are if they are as the others:
    both as a share of theirs, and as a number. Strangers come near to everybody alike, also to
    who hardly ever comes; who comes every day is missed now and then."""
    others = np.maximum(len(own) - 1, 1)
    share = (own.sum() - own + 1) / (all_.sum() - all_ + 2)
    number = (own.sum() - own + 1) / others
    by_share = np.asarray(scipy.stats.binom.sf(own - 1, all_, share), np.float64)
    by_number = np.asarray(scipy.stats.poisson.sf(own - 1, number), np.float64)
    return list(np.maximum(by_share, by_number).tolist())


def _falls_short(before: float, now: float, threshold: float) -> bool:
    fall = before - now
    return fall >= _SUNK and now - fall <= threshold


def _not_by_chance(chances: Mapping[str, float]) -> list[str]:
    if not chances:
        return []
    held = scipy.stats.false_discovery_control(list(chances.values())) <= _CHANCE
    return [subject for subject, real in zip(chances, held, strict=True) if real]


def _most(found: Sequence[Finding]) -> list[Finding]:
    return list(found[:MOST])

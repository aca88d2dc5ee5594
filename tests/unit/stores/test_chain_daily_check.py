"""The check that nobody has to remember, and its alarm."""

import threading
from dataclasses import dataclass, field

import pytest

from face_rec.domain.errors import StoreUnavailable
from face_rec.protocols.models import Progress
from face_rec.stores.verify.chain_report import Finding, Flaw, Report, WitnessStatus
from face_rec.stores.verify.daily_check import DailyCheck, chain_check
from tests.fakes.clock import MORNING, FakeClock

BAD = Report(findings=(Finding("people", Flaw.EDITED, "The record of ID 7 was changed."),))


@dataclass
class Chain:
    """Answers what it is told, and says when it was asked."""

    answer: Report | Exception = field(default_factory=Report)
    asked: threading.Event = field(default_factory=threading.Event)

    def verify(self, progress: Progress | None = None) -> Report:
        self.asked.set()
        assert progress is not None
        progress(1, 2)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def _daily(chain: Chain, alarms: list[Report]) -> DailyCheck:
    return DailyCheck(chain, alarms.append, FakeClock(), first_after=0.0)


def test_what_is_wrong_alarms_once_and_is_shown_until_it_is_right() -> None:
    chain, alarms = Chain(BAD), list[Report]()
    daily_check = _daily(chain, alarms)
    assert daily_check.check()
    assert daily_check.check()
    assert alarms == [BAD]
    status = daily_check.status()
    assert (status.at, status.findings) == (MORNING, 1)
    assert "people: edited. The record of ID 7 was changed." in status.first
    chain.answer = Report()
    daily_check.check()
    assert daily_check.status().findings == 0
    chain.answer = BAD
    daily_check.check()
    assert alarms == [BAD, BAD]


def test_a_store_that_is_away_neither_alarms_nor_makes_good() -> None:
    chain, alarms = Chain(BAD), list[Report]()
    daily_check = _daily(chain, alarms)
    daily_check.check()
    chain.answer = StoreUnavailable("Redis is away.")
    assert not daily_check.check()
    assert daily_check.status().findings == 1
    assert daily_check.status().problem == "Redis is away."
    assert alarms == [BAD]


def test_it_runs_by_itself_soon_after_the_start() -> None:
    chain = Chain()
    daily_check = _daily(chain, [])
    daily_check.start()
    assert chain.asked.wait(10)
    daily_check.close()


@pytest.mark.parametrize(
    ("answer", "warning", "words"),
    [
        (BAD, True, "1 finding: people: edited"),
        (StoreUnavailable("Redis is away."), True, "Redis is away."),
        (Report(), False, "all was as written on 2025-03-10 08:00 UTC"),
    ],
    ids=["broken", "away", "whole"],
)
def test_readyz_and_the_system_page_say_what_was_found(
    answer: Report | Exception, warning: bool, words: str
) -> None:
    daily_check = _daily(Chain(answer), [])
    daily_check.check()
    shown = chain_check(lambda: WitnessStatus(MORNING, places=("a folder",)), daily_check.status)()
    assert (shown.ok, shown.warning) == (True, warning)
    assert words in f"{shown.detail} {shown.advice}"

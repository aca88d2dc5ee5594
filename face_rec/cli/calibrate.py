"""``calibrate``: how well the model in use knows the people of this site."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

import config
from face_rec import assembly
from face_rec.domain.errors import SourceError
from face_rec.models.scores.bounds import Rate
from face_rec.models.scores.own_report import (
    ENOUGH,
    TIMES,
    Check,
    Condition,
    GroupRate,
    Operating,
    OwnReport,
)
from face_rec.models.scores.searches import Pause


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = subparsers.add_parser(
        "calibrate",
        help="measure the threshold on the people who are registered here",
        description="Searches the gallery with every template, without its own person and "
        "among their other templates, and with pictures of confirmed marks; says how many would "
        "be missed and named wrongly at which threshold. Nothing is changed without --take. For a "
        "model's own points, on pictures of others, see: models calibrate.",
    )
    command.add_argument("--take", action="store_true", help="put the advised thresholds in force")
    command.add_argument("--leave-out", action="store_true", help="with --take: you have looked "
                         "at those who may be registered twice (page Models): they are one person "
                         "each, or twins")  # fmt: skip
    command.add_argument(
        "--tags",
        type=Path,
        metavar="FILE",
        help="a CSV file with a column id and one for each "
        "tag, whose rates are told apart as those of groups are; nothing of it is kept",
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    tags = _read(options.tags) if options.tags else b""
    with (
        assembly.build_own_people(config.load()) as (own, advice),
        tqdm(unit="step", file=sys.stderr, disable=None) as bar,
    ):
        report = own.measure(partial(_advance, bar), Pause(lambda _: None), tags)
        bar.close()
        print("\n".join(lines(report)))
        if options.take:
            print(advice.take(report, leave_out=options.leave_out))
    return 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}.") from error


def _advance(bar: "tqdm[NoReturn]", done: int, total: int) -> None:
    bar.total = total
    bar.update(done - bar.n)


def lines(report: OwnReport) -> Iterable[str]:
    """The report in words and figures."""
    yield (
        f"{report.people:,} people with {report.templates:,} templates; least score "
        f"{report.threshold:.3f}, least lead {report.margin:.3f}"
    )
    for condition in report.conditions:
        yield from _condition(condition)
    yield _checked(report.check)
    for group in report.groups:
        word = _worse(group)
        yield (
            f"{group.tag} {group.name}: {group.people:,} people, FNIR {_rate(group.missed)}, FPIR "
            f"{_rate(group.reached)}{f': {word} than the others' if word else ''}"
        )
    counts = Counter(one.need for one in report.findings)
    if counts:
        words = ", ".join(f"{count} {need}" for need, count in counts.items())
        yield f"To look at on the Models page: {words}"
    if report.overridden:
        yield "MATCH_THRESHOLD or MATCH_MARGIN is set and wins over any advice."
    if report.advice is None:
        yield (
            f"No advice: insufficient data. {ENOUGH:,} non-mated searches are needed, with at "
            "most ten looks at each person."
        )
        return
    yield f"Advice: {report.advice.told()}"
    if report.twice:
        yield f"Pairs who may be one person registered twice, {report.doubles}: {report.twice}"
    if report.costly:
        yield "It would leave many more people unnamed than now, and cannot be put in force."


def _condition(condition: Condition) -> Iterable[str]:
    yield (
        f"{condition.name}: {condition.non_mated:,} non-mated and {condition.mated:,} mated "
        f"searches for {condition.people:,} people"
    )
    yield f"  in use               {_operating(condition.now)}"
    for limit in condition.limits:
        yield f"  FPIR {limit.target:.1%}            {_operating(limit)}"
    yield f"  {TIMES} times the people  {_operating(condition.ahead)}"


def _operating(one: Operating) -> str:
    if one.threshold is None:
        return str(one.basis)
    return (
        f"score {one.threshold:.3f} ({one.basis}): FPIR {_rate(one.reached)}, named "
        f"{_rate(one.named)}, FNIR {_rate(one.missed)}"
    )


def _worse(group: GroupRate) -> str:
    words = [("missed more", group.more_missed), ("mistaken more", group.more_mistaken)]
    return " and ".join(word for word, true in words if true)


def _rate(rate: Rate) -> str:
    if not rate.trials:
        return "unknown"
    return f"{rate.value:.2%} ({rate.low:.2%} to {rate.high:.2%})"


def _checked(check: Check | None) -> str:
    if check is None:
        return "Too few people to check what the tail foretells."
    word = "holds" if check.holds else "does NOT hold"
    return (
        f"Foretold from {check.from_people:,} people for {check.people:,} others: score "
        f"{check.threshold:.3f} for FPIR 0.5 %; counted {_rate(check.reached)}. It {word}."
    )

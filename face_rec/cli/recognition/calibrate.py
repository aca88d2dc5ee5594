"""``calibrate``: how well the model in use knows the people of this site."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Final, NoReturn

from tqdm import tqdm

import config
from face_rec import assembly
from face_rec.domain.errors import SourceError
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.models.scores.bounds import Rate
from face_rec.models.scores.own_report import (
    ENOUGH,
    TIMES,
    Basis,
    Check,
    Condition,
    Doubles,
    GroupRate,
    Operating,
    OwnReport,
)
from face_rec.models.scores.searches import Pause
from face_rec.terminal.columns import padded, width
from face_rec.terminal.words import figure, in_words, said, share

_COLUMN: Final = 19
_BASIS: Final = {
    Basis.MEASURED: msgid("measured"),
    Basis.TAIL: msgid("from the tail"),
    Basis.NONE: msgid("insufficient data"),
}
_DOUBLES: Final = {
    Doubles.LEFT_OUT: msgid("left out"),
    Doubles.ASKED: msgid("left out if somebody says that they are one person each, or twins"),
    Doubles.COUNTED: msgid("counted as two people each"),
}
_WORSE: Final = {
    (True, False): msgid("missed more than the others"),
    (False, True): msgid("mistaken more than the others"),
    (True, True): msgid("missed more and mistaken more than the others"),
}


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = subparsers.add_parser(
        "calibrate",
        help=said("measure the threshold on the people who are registered here"),
        description=said(
            "Searches the gallery with every template, without its own person and among "
            "their other templates, and with pictures of confirmed marks; says how many "
            "would be missed and named wrongly at which threshold. Nothing is changed "
            "without --take. For a model's own points, on pictures of others, see: models "
            "calibrate."
        ),
    )
    command.add_argument(
        "--take", action="store_true", help=said("put the advised thresholds in force")
    )
    command.add_argument(
        "--leave-out",
        action="store_true",
        help=said(
            "with --take: you have looked "
            "at those who may be registered twice (page Models): they are one person "
            "each, or twins"
        ),
    )
    command.add_argument(
        "--tags",
        type=Path,
        metavar="FILE",
        help=said(
            "a CSV file with a column id and one for each "
            "tag, whose rates are told apart as those of groups are; nothing of it is kept"
        ),
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    tags = _read(options.tags) if options.tags else b""
    with (
        assembly.build_own_people(config.load()) as (own, advice),
        tqdm(unit=said("step"), file=sys.stderr, disable=None) as bar,
    ):
        report = own.measure(partial(_advance, bar), Pause(lambda _: None), tags)
        bar.close()
        print("\n".join(lines(report)))
        if options.take:
            print(in_words(advice.take(report, leave_out=options.leave_out)))
    return 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(
            sentence(
                "{file} cannot be read ({reason}). Check its name, and whether you may read it.",
                file=path,
                reason=error.strerror,
            )
        ) from error


def _advance(bar: "tqdm[NoReturn]", done: int, total: int) -> None:
    bar.total = total
    bar.update(done - bar.n)


def lines(report: OwnReport) -> Iterable[str]:
    """The report in words and figures."""
    yield said(
        "{people} people with {templates} templates; least score {score}, least lead {lead}",
        people=figure(report.people), templates=figure(report.templates),
        score=figure(report.threshold, 3), lead=figure(report.margin, 3),
    )  # fmt: skip
    for condition in report.conditions:
        yield from _condition(condition)
    yield _checked(report.check)
    yield from map(_group, report.groups)
    counts = Counter(one.need for one in report.findings)
    if counts:
        words = ", ".join(f"{count} {need}" for need, count in counts.items())
        yield said("To look at on the Models page: {findings}", findings=words)
    if report.overridden:
        yield said("MATCH_THRESHOLD or MATCH_MARGIN is set and wins over any advice.")
    yield from _advised(report)


def _advised(report: OwnReport) -> Iterable[str]:
    if report.advice is None:
        yield said(
            "No advice: insufficient data. {number} non-mated searches are needed, with at most "
            "ten looks at each person.",
            number=figure(ENOUGH),
        )
        return
    yield said("Advice: {advice}", advice=in_words(report.advice.told()))
    if report.twice:
        yield said(
            "Pairs who may be one person registered twice, {treatment}: {number}",
            treatment=in_words(_DOUBLES[report.doubles]), number=report.twice,
        )  # fmt: skip
    if report.costly:
        yield said("It would leave many more people unnamed than now, and cannot be put in force.")


def _condition(condition: Condition) -> Iterable[str]:
    yield said(
        "{condition}: {non_mated} non-mated and {mated} mated searches for {people} people",
        condition=condition.name, non_mated=figure(condition.non_mated),
        mated=figure(condition.mated), people=figure(condition.people),
    )  # fmt: skip
    rows = [(said("in use"), condition.now)]
    rows += [(f"FPIR {share(limit.target, 1)}", limit) for limit in condition.limits]
    rows.append((said("{number} times the people", number=TIMES), condition.ahead))
    across = max(_COLUMN, *(width(title) for title, _ in rows))
    for title, one in rows:
        yield f"  {padded(title, across)}  {_operating(one)}"


def _operating(one: Operating) -> str:
    if one.threshold is None:
        return in_words(_BASIS[one.basis])
    return said(
        "score {score} ({basis}): FPIR {reached}, named {named}, FNIR {missed}",
        score=figure(one.threshold, 3), basis=in_words(_BASIS[one.basis]),
        reached=_rate(one.reached), named=_rate(one.named), missed=_rate(one.missed),
    )  # fmt: skip


def _group(group: GroupRate) -> str:
    told = said(
        "{tag} {name}: {people} people, FNIR {missed}, FPIR {reached}",
        tag=group.tag, name=group.name, people=figure(group.people),
        missed=_rate(group.missed), reached=_rate(group.reached),
    )  # fmt: skip
    worse = _WORSE.get((group.more_missed, group.more_mistaken))
    return f"{told}: {in_words(worse)}" if worse else told


def _rate(rate: Rate) -> str:
    if not rate.trials:
        return said("unknown")
    return said(
        "{value} ({low} to {high})",
        value=share(rate.value, 2), low=share(rate.low, 2), high=share(rate.high, 2),
    )  # fmt: skip


def _checked(check: Check | None) -> str:
    if check is None:
        return said("Too few people to check what the tail foretells.")
    told = said(
        "Foretold from {some} people for {others} others: score {score} for FPIR 0.5 %; counted "
        "{rate}.",
        some=figure(check.from_people), others=figure(check.people),
        score=figure(check.threshold, 3), rate=_rate(check.reached),
    )  # fmt: skip
    return f"{told} {said('It holds.') if check.holds else said('It does NOT hold.')}"

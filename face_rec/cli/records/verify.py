"""``verify``: whether the recorded marks are as they were written."""

import argparse
import json

import config
from face_rec import assembly
from face_rec.cli.parts.progress import bar, on
from face_rec.stores.chain.links import name_of
from face_rec.stores.verify.chain_report import Report
from face_rec.terminal.words import in_words, said


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    command = commands.add_parser(
        "verify",
        help=said("check that no recorded mark was changed, removed, added or reordered"),
        description=said("Exit status 0: the chain holds; 1: it does not."),
    )
    command.add_argument("--json", action="store_true", help=said("the report as JSON"))
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Check everything and say what was found."""
    with assembly.build_chain(config.load()) as chain, bar() as shown:
        report = chain.verify(on(shown))
    told = "\n".join(map(in_words, report.lines()))
    print(json.dumps(_plain(report), indent=2) if options.json else told)
    return 0 if report.whole else 1


def _plain(report: Report) -> dict[str, object]:
    return {
        "whole": report.whole,
        "days": report.days,
        "entries": report.entries,
        "linked": report.linked,
        "older_than_the_chain": report.older,
        "newer_than_the_witness": report.newer,
        "witnessed_at": report.witnessed_at.isoformat() if report.witnessed_at else None,
        "keys": report.keys,
        "linked_changes": dict(report.changes),
        "findings": [
            {
                "day": name_of(finding.day),
                "entry": finding.place,
                "event": finding.event,
                "flaw": finding.flaw.value,
                "detail": finding.detail,
            }
            for finding in report.findings
        ],
    }

"""``models change``: another model for everybody, step by step."""

import argparse
import getpass
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import config
from face_rec import assembly
from face_rec.access.audit import actor
from face_rec.access.audit.actor import Actor
from face_rec.languages.language import msgid
from face_rec.people.change.change import ChangeStatus, ModelChange
from face_rec.people.change.plan import Looks, Stage
from face_rec.terminal.words import figure, in_words, said

_PAUSED: Final = msgid("paused")
_STAGES: Final = {
    Stage.MAKING: msgid("making"),
    Stage.TRYING: msgid("trying"),
    Stage.READY: msgid("ready"),
    Stage.SWITCHED: msgid("switched"),
    Stage.ENDING: msgid("ending"),
}


def add(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare ``change`` and its acts."""
    change = actions.add_parser(
        "change", help=said("another pack for everybody, from the photos that were kept"),
        description=said("The running app does the work; see it go on with: models change status"),
    )  # fmt: skip
    acts = change.add_subparsers(title=said("acts"), required=True, metavar="ACT")
    begin = acts.add_parser(
        "begin", help=said("embed everybody with another pack, beside this one")
    )
    begin.add_argument("name", metavar="PACK")
    begin.set_defaults(run=lambda options: _act(lambda change: change.begin(options.name)))
    for name, words, act in (
        ("status", said("how far it is, and how both packs compare"), None),
        ("pause", said("let it rest"), ModelChange.pause),
        ("resume", said("let it go on"), lambda change: change.pause(paused=False)),
        ("again", said("try what failed once more, and compare anew"), ModelChange.again),
        (
            "switch",
            said("all processes use the other pack; the way back, too"),
            ModelChange.switch,
        ),
        ("end", said("remove what the pack that is not in use has made"), ModelChange.end),
    ):
        acts.add_parser(name, help=words).set_defaults(run=partial(_run_act, act))


def _run_act(act: Callable[[ModelChange], object] | None, _: argparse.Namespace) -> int:
    return _act(act)


def _act(act: Callable[[ModelChange], object] | None) -> int:
    who = Actor(getpass.getuser(), "command")
    with assembly.build_model_change(config.load()) as change, actor.acting(who):
        if act is not None:
            act(change)
        for line in _told(change.status()):
            print(line)
    return 0


def _told(status: ChangeStatus | None) -> Iterator[str]:
    if status is None:
        yield said("No change is under way.")
        return
    tally, trial = status.progress.tally, status.trial
    plan = status.plan
    state = in_words(_PAUSED if plan.paused else _STAGES[status.stage])
    yield said("From {old} to {new}: {state}", old=plan.old.pack, new=plan.new.pack, state=state)
    yield said("In use: {pack}", pack=status.running.pack)
    yield said(
        "{done} of {all} people embedded, {waiting} to go, {called} need to come for a photo, "
        "{withheld} have not consented",
        done=tally.done, all=tally.people, waiting=tally.waiting,
        called=tally.called_in, withheld=tally.withheld,
    )  # fmt: skip
    if status.progress.problem:
        yield said("Held up: {problem}", problem=in_words(status.progress.problem))
    if trial is not None:
        yield _looked(plan.old.pack, trial.looks, trial.old)
        yield _looked(plan.new.pack, trial.looks, trial.new)
        yield said(
            "Named differently: {people} people; look-alike pairs: {pairs}",
            people=trial.differently, pairs=trial.alike,
        )  # fmt: skip


def _looked(pack: str, number: int, looks: Looks) -> str:
    return said(
        "{pack}: of {all} photos left out, {right} named rightly, {nobody} nobody, {wrong} "
        "somebody else; least score {score}, least lead {lead}",
        pack=pack, all=number, right=looks.right, nobody=looks.nobody, wrong=looks.wrong,
        score=figure(looks.threshold, 3), lead=figure(looks.margin, 3),
    )  # fmt: skip

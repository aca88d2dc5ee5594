"""``python -m face_rec models``: list, pull, import, verify, calibrate and change model packs."""

import argparse
import dataclasses
import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tqdm import tqdm

import config
from face_rec import assembly
from face_rec.access.audit import actor
from face_rec.access.audit.actor import Actor
from face_rec.clock import SystemClock
from face_rec.domain.errors import ModelError, PackBroken
from face_rec.models.packs.catalogue import EDIFFIQA, EDIFFIQA_LICENCE, OFFICIAL
from face_rec.models.packs.install import Installer
from face_rec.models.packs.installed_packs import InstalledPacks
from face_rec.models.packs.liveness_pack import LivenessPacks
from face_rec.models.packs.manifest import Pack
from face_rec.models.runtime.loading import load
from face_rec.models.runtime.speed import estimate
from face_rec.models.scores.impostors import Measurement, embed_people, measure
from face_rec.people.change.change import ChangeStatus, ModelChange
from face_rec.protocols.models import Progress

_PROBABLY_ONE_PERSON = 0.6


_QUALITY = "ediffiqa"
"""The quality model, which is no part of a pack (docs/quality.md)."""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``models`` and its actions to the command line."""
    models = subparsers.add_parser("models", help="install and check model packs")
    actions = models.add_subparsers(title="actions", required=True, metavar="ACTION")
    actions.add_parser("list", help="what is installed and what can be pulled").set_defaults(
        run=_list
    )
    pull = actions.add_parser("pull", help="download and install an official pack")
    pull.add_argument("name", choices=[*sorted(OFFICIAL), _QUALITY])
    pull.set_defaults(run=_pull)
    bring = actions.add_parser("import", help="install a pack from a ZIP file or a folder")
    bring.add_argument("source", type=Path, metavar="ZIP-or-FOLDER")
    bring.add_argument("--name", default="", help="what to call it (default: as it is called; of "
                       "liveness models: liveness)")  # fmt: skip
    bring.add_argument("--liveness", action="store_true", help="these are liveness models, which "
                       "tell faces from pictures (docs/liveness.md)")  # fmt: skip
    bring.set_defaults(run=_import)
    verify = actions.add_parser("verify", help="read every byte of a pack and compare digests")
    verify.add_argument("name", nargs="?", default="", help="default: all that are installed")
    verify.set_defaults(run=_verify)
    calibrate = actions.add_parser(
        "calibrate", help="measure how alike strangers look to a pack, for its threshold"
    )
    calibrate.add_argument("folder", type=Path, help="pictures as FOLDER/<person>/*.jpg")
    calibrate.add_argument("--name", default="", help="the pack (default: MODEL_PACK)")
    calibrate.set_defaults(run=_calibrate)
    _add_change(actions)


def _add_change(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    change = actions.add_parser(
        "change", help="another pack for everybody, from the photos that were kept",
        description="The running app does the work; see it go on with: models change status",
    )  # fmt: skip
    acts = change.add_subparsers(title="acts", required=True, metavar="ACT")
    begin = acts.add_parser("begin", help="embed everybody with another pack, beside this one")
    begin.add_argument("name", metavar="PACK")
    begin.set_defaults(run=lambda options: _act(lambda change: change.begin(options.name)))
    for name, words, act in (
        ("status", "how far it is, and how both packs compare", None),
        ("pause", "let it rest", ModelChange.pause),
        ("resume", "let it go on", lambda change: change.pause(paused=False)),
        ("again", "try what failed once more, and compare anew", ModelChange.again),
        ("switch", "all processes use the other pack; the way back, too", ModelChange.switch),
        ("end", "remove what the pack that is not in use has made", ModelChange.end),
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
        yield "No change is under way."
        return
    tally, trial = status.progress.tally, status.trial
    state = "paused" if status.plan.paused else status.stage
    yield f"From {status.plan.old.pack} to {status.plan.new.pack}: {state}"
    yield f"In use: {status.running.pack}"
    yield (
        f"{tally.done} of {tally.people} people embedded, {tally.waiting} to go, "
        f"{tally.called_in} need to come for a photo, {tally.withheld} have not consented"
    )
    if status.progress.problem:
        yield f"Held up: {status.progress.problem}"
    if trial is not None:
        for pack, looks in ((status.plan.old.pack, trial.old), (status.plan.new.pack, trial.new)):
            yield (
                f"{pack}: of {trial.looks} photos left out, {looks.right} named rightly, "
                f"{looks.nobody} nobody, {looks.wrong} somebody else; least score "
                f"{looks.threshold:.3f}, least lead {looks.margin:.3f}"
            )
        yield f"Named differently: {trial.differently} people; look-alike pairs: {trial.alike}"


def _packs(settings: config.Settings) -> InstalledPacks:
    return InstalledPacks(settings.data_dir / "models")


def _liveness(settings: config.Settings) -> LivenessPacks:
    return LivenessPacks(settings.data_dir / "models", _packs(settings).digests)


def _installer(packs: InstalledPacks) -> Installer:
    return Installer(packs, SystemClock())


def _list(_: argparse.Namespace) -> int:
    settings = config.load()
    installed = {pack.name: pack for pack in _packs(settings).installed()}
    for pack in installed.values():
        print(f"{pack.name:16} installed  {_kind(pack)}, {_megabytes(pack)} MB")
    for official in OFFICIAL.values():
        if official.name not in installed:
            size = round(official.download / 1e6)
            print(f"{official.name:16} available  {official.title}; {size} MB to download")
            print(f"{'':27} {official.accuracy}; {estimate(official)}")
            short = official.licence.short
            print(f"{'':27} {short[:1].lower()}{short[1:]}")
    liveness = _liveness(settings).find(settings.liveness_pack)
    if liveness:
        names = ", ".join(one.name for one in liveness.models)
        print(f"{liveness.name:16} installed  tells faces from pictures: {names}")
        print(f"{'':27} {liveness.licence}")
    print(f"MODEL_PACK is {settings.model_pack}")
    return 0


def _pull(options: argparse.Namespace) -> int:
    if options.name == _QUALITY:
        return _pull_quality()
    print(OFFICIAL[options.name].licence.text)
    installer = _installer(_packs(config.load()))
    with _bar(f"Downloading {options.name}") as progress:
        pack = installer.pull(options.name, progress)
    return _installed(pack)


def _pull_quality() -> int:
    print(EDIFFIQA_LICENCE)
    with _bar(f"Downloading {EDIFFIQA.name}") as progress:
        folder = _installer(_packs(config.load())).pull_quality(progress)
    print(f"Installed {EDIFFIQA.name} in {folder}")
    return 0


def _import(options: argparse.Namespace) -> int:
    installer = _installer(_packs(config.load()))
    if options.liveness:
        return _import_liveness(installer, options)
    with _bar(f"Reading {options.source.name}") as progress:
        pack = installer.import_from(options.source, options.name, progress)
    print(pack.licence.text)
    return _installed(pack)


def _import_liveness(installer: Installer, options: argparse.Namespace) -> int:
    name = options.name or "liveness"
    with _bar(f"Reading {options.source.name}") as progress:
        found = installer.import_liveness(options.source, name, progress)
    print(found.licence)
    print(f"Installed {len(found.models)} liveness models in {found.folder}")
    if name != config.load().liveness_pack:
        print(f"Set LIVENESS_PACK={name} to use them.")
    return 0


def _installed(pack: Pack) -> int:
    print(f"Installed {pack.name} ({_kind(pack)}) in {pack.folder}")
    return 0


def _verify(options: argparse.Namespace) -> int:
    settings = config.load()
    packs = _packs(settings)
    names = [options.name] if options.name else packs.names()
    results = [_verified(packs, name) for name in names if name != settings.liveness_pack]
    if options.name in {"", settings.liveness_pack}:
        results += _verified_liveness(settings)
    if not results:
        raise ModelError("No pack is installed; see: python -m face_rec models list")
    return max(results)


def _verified_liveness(settings: config.Settings) -> list[int]:
    """One result, or none where there is no such pack."""
    name = settings.liveness_pack
    try:
        pack = _liveness(settings).find(name, fresh=True)
    except PackBroken as error:
        print(f"{name}: BROKEN. {error}")
        return [1]
    if pack is None:
        return []
    print(f"{name}: whole and unaltered ({'known' if pack.known else 'unknown'} liveness models)")
    return [0]


def _verified(packs: InstalledPacks, name: str) -> int:
    try:
        pack = packs.find(name, fresh=True)
    except PackBroken as error:
        print(f"{name}: BROKEN. {error}")
        return 1
    print(f"{name}: whole and unaltered ({_kind(pack)})")
    return 0


def _calibrate(options: argparse.Namespace) -> int:
    settings = config.load()
    packs = _packs(settings)
    pack = packs.find(options.name or settings.model_pack)
    models = load(pack, settings.model_provider, threads=0).models
    with _bar("Measuring", unit="picture") as progress:
        rows, people = embed_people(models, options.folder, progress)
    result = measure(rows, people)
    _report(result)
    _installer(packs).recalibrate(dataclasses.replace(pack, measured=result.points))
    print(f"Saved for the pack '{pack.name}'; a running app takes it up within seconds.")
    return 0


def _report(result: Measurement) -> None:
    print(f"{result.people} people, {result.pairs} pairs of different people")
    for point in result.points:
        print(f"  FAR {point.far:.0e}: cosine {point.cosine:.3f}")
    score, one, other = result.closest
    if score > _PROBABLY_ONE_PERSON:
        print(f"  {one} and {other} score {score:.2f}: are they one person? Then merge them.")


def _kind(pack: Pack) -> str:
    return "custom weights" if pack.custom else "official weights"


def _megabytes(pack: Pack) -> int:
    return round(sum(file.bytes for file in pack.files) / 1e6)


@contextmanager
def _bar(title: str, unit: str = "B") -> Iterator[Progress]:
    """A progress bar on stderr, as a Progress."""
    with tqdm(desc=title, unit=unit, unit_scale=unit == "B", unit_divisor=1000) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total or None
            bar.update(done - bar.n)

        yield progress

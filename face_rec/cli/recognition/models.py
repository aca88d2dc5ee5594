"""``python -m face_rec models``: list, pull, import, verify, calibrate and change model packs."""

import argparse
import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

import config
from face_rec.cli.parts import change_command
from face_rec.clock import SystemClock
from face_rec.domain.errors import ModelError, PackBroken
from face_rec.languages.language import msgid
from face_rec.models.packs.catalogue import EDIFFIQA, EDIFFIQA_LICENCE, OFFICIAL, OfficialPack
from face_rec.models.packs.install import Installer
from face_rec.models.packs.installed_packs import InstalledPacks
from face_rec.models.packs.liveness_pack import LivenessPacks
from face_rec.models.packs.manifest import Pack
from face_rec.models.scores.impostors import Measurement, embed_people, measure
from face_rec.protocols.models import Progress
from face_rec.terminal.columns import padded, width
from face_rec.terminal.words import figure, in_words, said, said_many

_PROBABLY_ONE_PERSON = 0.6


_QUALITY = "ediffiqa"
"""The quality model, which is no part of a pack (docs/quality.md)."""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``models`` and its actions to the command line."""
    models = subparsers.add_parser("models", help=said("install and check model packs"))
    actions = models.add_subparsers(title=said("actions"), required=True, metavar="ACTION")
    actions.add_parser("list", help=said("what is installed and what can be pulled")).set_defaults(
        run=_list
    )
    pull = actions.add_parser("pull", help=said("download and install an official pack"))
    pull.add_argument("name", choices=[*sorted(OFFICIAL), _QUALITY])
    pull.set_defaults(run=_pull)
    bring = actions.add_parser("import", help=said("install a pack from a ZIP file or a folder"))
    bring.add_argument("source", type=Path, metavar="ZIP-or-FOLDER")
    bring.add_argument(
        "--name",
        default="",
        help=said("what to call it (default: as it is called; of liveness models: liveness)"),
    )
    bring.add_argument(
        "--liveness",
        action="store_true",
        help=said("these are liveness models, which tell faces from pictures (docs/liveness.md)"),
    )
    bring.set_defaults(run=_import)
    verify = actions.add_parser(
        "verify", help=said("read every byte of a pack and compare digests")
    )
    verify.add_argument(
        "name", nargs="?", default="", help=said("default: all that are installed")
    )
    verify.set_defaults(run=_verify)
    calibrate = actions.add_parser(
        "calibrate", help=said("measure how alike strangers look to a pack, for its threshold")
    )
    calibrate.add_argument("folder", type=Path, help=said("pictures as FOLDER/<person>/*.jpg"))
    calibrate.add_argument("--name", default="", help=said("the pack (default: MODEL_PACK)"))
    calibrate.set_defaults(run=_calibrate)
    change_command.add(actions)


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
        about = said("{kind}, {size} MB", kind=_kind(pack), size=_megabytes(pack))
        _row(pack.name, said("installed"), about)
    for official in OFFICIAL.values():
        if official.name not in installed:
            _offer(official)
    liveness = _liveness(settings).find(settings.liveness_pack)
    if liveness:
        names = ", ".join(one.name for one in liveness.models)
        about = said("tells faces from pictures: {names}", names=names)
        _row(liveness.name, said("installed"), about, in_words(liveness.licence))
    print(said("MODEL_PACK is {pack}", pack=settings.model_pack))
    return 0


def _offer(official: OfficialPack) -> None:
    from face_rec.models.runtime.speed import estimate

    size = round(official.download / 1e6)
    title = in_words(official.title)
    about = said("{title}; {size} MB to download", title=title, size=size)
    speed = f"{in_words(official.accuracy)}; {in_words(estimate(official).told())}"
    licence = in_words(official.licence.short)
    _row(official.name, said("available"), about, speed, f"{licence[:1].lower()}{licence[1:]}")


def _row(name: str, state: str, *about: str) -> None:
    """A pack, and further lines about it below."""
    states = max(width(said("installed")), width(said("available")))
    first, *others = about
    print(f"{padded(name, 16)} {padded(state, states)}  {first}")
    for line in others:
        print(f"{'':{16 + 1 + states + 1}} {line}")


def _pull(options: argparse.Namespace) -> int:
    if options.name == _QUALITY:
        return _pull_quality()
    print(in_words(OFFICIAL[options.name].licence.text))
    installer = _installer(_packs(config.load()))
    with _bar(said("Downloading {name}", name=options.name)) as progress:
        pack = installer.pull(options.name, progress)
    return _installed(pack)


def _pull_quality() -> int:
    print(in_words(EDIFFIQA_LICENCE))
    with _bar(said("Downloading {name}", name=EDIFFIQA.name)) as progress:
        folder = _installer(_packs(config.load())).pull_quality(progress)
    print(said("Installed {name} in {folder}", name=EDIFFIQA.name, folder=folder))
    return 0


def _import(options: argparse.Namespace) -> int:
    installer = _installer(_packs(config.load()))
    if options.liveness:
        return _import_liveness(installer, options)
    with _bar(said("Reading {name}", name=options.source.name)) as progress:
        pack = installer.import_from(options.source, options.name, progress)
    print(in_words(pack.licence.text))
    return _installed(pack)


def _import_liveness(installer: Installer, options: argparse.Namespace) -> int:
    name = options.name or "liveness"
    with _bar(said("Reading {name}", name=options.source.name)) as progress:
        found = installer.import_liveness(options.source, name, progress)
    print(in_words(found.licence))
    print(
        said_many(
            "Installed {count} liveness model in {folder}",
            "Installed {count} liveness models in {folder}",
            len(found.models), folder=found.folder,
        )
    )  # fmt: skip
    if name != config.load().liveness_pack:
        print(said("Set {setting} to use them.", setting=f"LIVENESS_PACK={name}"))
    return 0


def _installed(pack: Pack) -> int:
    print(
        said(
            "Installed {name} ({kind}) in {folder}",
            name=pack.name, kind=_kind(pack), folder=pack.folder,
        )
    )  # fmt: skip
    return 0


def _verify(options: argparse.Namespace) -> int:
    settings = config.load()
    packs = _packs(settings)
    names = [options.name] if options.name else packs.names()
    results = [_verified(packs, name) for name in names if name != settings.liveness_pack]
    if options.name in {"", settings.liveness_pack}:
        results += _verified_liveness(settings)
    if not results:
        raise ModelError(msgid("No pack is installed; see: python -m face_rec models list"))
    return max(results)


def _verified_liveness(settings: config.Settings) -> list[int]:
    """One result, or none where there is no such pack."""
    name = settings.liveness_pack
    try:
        pack = _liveness(settings).find(name, fresh=True)
    except PackBroken as error:
        print(said("{name}: BROKEN. {reason}", name=name, reason=in_words(error.said)))
        return [1]
    if pack is None:
        return []
    kind = said("known liveness models") if pack.known else said("unknown liveness models")
    print(said("{name}: whole and unaltered ({kind})", name=name, kind=kind))
    return [0]


def _verified(packs: InstalledPacks, name: str) -> int:
    try:
        pack = packs.find(name, fresh=True)
    except PackBroken as error:
        print(said("{name}: BROKEN. {reason}", name=name, reason=in_words(error.said)))
        return 1
    print(said("{name}: whole and unaltered ({kind})", name=name, kind=_kind(pack)))
    return 0


def _calibrate(options: argparse.Namespace) -> int:
    from face_rec.models.runtime.loading import load

    settings = config.load()
    packs = _packs(settings)
    pack = packs.find(options.name or settings.model_pack)
    models = load(pack, settings.model_provider, threads=0).models
    with _bar(said("Measuring"), unit=said("picture")) as progress:
        rows, people = embed_people(models, options.folder, progress)
    result = measure(rows, people)
    _report(result)
    _installer(packs).recalibrate(dataclasses.replace(pack, measured=result.points))
    print(
        said(
            "Saved for the pack '{name}'; a running app takes it up within seconds.",
            name=pack.name,
        )
    )
    return 0


def _report(result: Measurement) -> None:
    print(
        said(
            "{people} people, {pairs} pairs of different people",
            people=result.people, pairs=result.pairs,
        )
    )  # fmt: skip
    for point in result.points:
        far, cosine = f"{point.far:.0e}", figure(point.cosine, 3)
        print("  " + said("FAR {far}: cosine {cosine}", far=far, cosine=cosine))
    score, one, other = result.closest
    if score > _PROBABLY_ONE_PERSON:
        alike = said(
            "{one} and {other} score {score}: are they one person? Then merge them.",
            one=one, other=other, score=figure(score, 2),
        )  # fmt: skip
        print(f"  {alike}")


def _kind(pack: Pack) -> str:
    return said("custom weights") if pack.custom else said("official weights")


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

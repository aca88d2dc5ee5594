"""``python -m face_rec models``: list, pull, import, verify and calibrate model packs."""

import argparse
import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

import config
from face_rec.clock import SystemClock
from face_rec.domain.errors import ModelError, PackBroken
from face_rec.models.packs.catalogue import OFFICIAL
from face_rec.models.packs.install import Installer
from face_rec.models.packs.installed_packs import InstalledPacks
from face_rec.models.packs.liveness_pack import LivenessPacks
from face_rec.models.packs.manifest import Pack
from face_rec.models.runtime.loading import load
from face_rec.models.runtime.speed import estimate
from face_rec.models.scores.impostors import Measurement, embed_people, measure
from face_rec.protocols.models import Progress

_PROBABLY_ONE_PERSON = 0.6


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``models`` and its actions to the command line."""
    models = subparsers.add_parser("models", help="install and check model packs")
    actions = models.add_subparsers(title="actions", required=True, metavar="ACTION")
    actions.add_parser("list", help="what is installed and what can be pulled").set_defaults(
        run=_list
    )
    pull = actions.add_parser("pull", help="download and install an official pack")
    pull.add_argument("name", choices=sorted(OFFICIAL))
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
            print(f"{'':27} a company may {official.licence.short}")
    liveness = _liveness(settings).find(settings.liveness_pack)
    if liveness:
        names = ", ".join(one.name for one in liveness.models)
        print(f"{liveness.name:16} installed  tells faces from pictures: {names}")
        print(f"{'':27} {liveness.licence}")
    print(f"MODEL_PACK is {settings.model_pack}")
    return 0


def _pull(options: argparse.Namespace) -> int:
    print(OFFICIAL[options.name].licence.text)
    installer = _installer(_packs(config.load()))
    with _bar(f"Downloading {options.name}") as progress:
        pack = installer.pull(options.name, progress)
    return _installed(pack)


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

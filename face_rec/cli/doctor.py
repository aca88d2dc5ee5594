"""``doctor``: looks at everything the app needs; says what is wrong and what to do."""

import argparse
import platform
import queue
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import config
from config import Settings
from face_rec import __version__, assembly, background
from face_rec.cameras.address import Address
from face_rec.cameras.source import HELP, Source, source_of
from face_rec.cli.parts.file_checks import aside_check, journal_files_check
from face_rec.clock import SystemClock
from face_rec.domain.errors import (
    CameraRefused,
    FaceRecError,
    ModelError,
    SettingError,
    SourceError,
    StoreError,
    StoreUnavailable,
)
from face_rec.domain.health import Check, HealthCheck
from face_rec.files import make_folder
from face_rec.journey.streams.recorded import PictureFolder
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.kiosks.screen_status import camera_trouble
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Figure, sentence
from face_rec.models.model_service import ModelService
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.settings.archive import Place
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.redis import aof_repair, durability, redis_health
from face_rec.stores.site.site_state import RedisUnfinished, unfinished_check
from face_rec.stores.snapshots.plain_snapshots import S3Snapshots
from face_rec.terminal.columns import padded, width
from face_rec.terminal.words import in_words, said
from face_rec.timekeeping.ntp import Keeper
from face_rec.web.ops import checks, host_checks, machine_checks
from face_rec.web.ops.host_checks import secret_files_check

_CAMERA_SECONDS: Final = 15.0
_PROBE: Final = b"\xff\xd8 written by doctor, removed at once \xff\xd9"
_WORDS: Final = {
    (True, False): msgid("ok"),
    (True, True): msgid("WARN"),
    (False, False): msgid("FAIL"),
}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    command = commands.add_parser(
        "doctor",
        help=said("check settings, Redis, S3, models, camera, TLS, clock and disk"),
        description=said("Exit status 1 if anything fails; warnings alone are 0."),
    )
    command.add_argument(
        "--camera",
        metavar="SOURCE",
        help=said(
            "also look through a camera of this machine or network, {how}", how=in_words(HELP)
        ),
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print a line a check, with advice below it where there is any."""
    failed = warned = 0
    for result in results(options.camera):
        print(shown(result), flush=True)
        failed += not result.ok
        warned += result.ok and result.warning
    print("\n" + said("{failed} failed, {warned} to look at.", failed=failed, warned=warned))
    return 1 if failed else 0


def shown(result: HealthCheck) -> str:
    """``ok   redis: answers`` and, indented below, what to do."""
    across = max(width(in_words(word)) for word in _WORDS.values())
    word = padded(in_words(_WORDS[result.ok, result.ok and result.warning]), across)
    advice = f"\n     → {in_words(result.advice)}" if result.advice else ""
    return f"{word} {result.name}: {in_words(result.detail)}{advice}"


def results(camera: str | None) -> Iterator[HealthCheck]:
    """Every check, one by one; without settings there is nothing else to look at."""
    python = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    detail = sentence("{version} on {python}", version=__version__, python=python)
    yield HealthCheck("version", ok=True, detail=detail)
    try:
        settings = config.load()
    except SettingError as error:
        advice = msgid("Correct it in .env or the environment, then run doctor again.")
        yield HealthCheck("settings", ok=False, detail=error.said, advice=advice)
        return
    site = sentence("site {site}, zone {zone}", site=settings.site, zone=settings.timezone.key)
    yield HealthCheck("settings", ok=True, detail=site)
    for check in _of_machine(settings):
        yield check()
    kiosks: list[KioskRecord] = []
    yield from _of_redis(settings, kiosks)
    snapshots = assembly.build_snapshots(settings)
    yield snapshots_check(snapshots, _place(settings))()
    if isinstance(snapshots, S3Snapshots):
        yield redis_health.redis_clock_check(lambda: snapshots.ahead(SystemClock().now), "S3")()
    if settings.archive_place is Place.DATABASE:
        from face_rec.assembly.archive.postgres import (
            archive_now,
            leaving_now,
        )

        yield archive_now(settings)
        yield from leaving_now(settings)
    elif settings.archive_place is not None:
        from face_rec.assembly.archive.month_files import files_now

        yield files_now(settings, SystemClock().now())
    yield from assembly.vectors_now(settings)
    models = assembly.build_models(settings)
    yield models_check(models)
    strict = sorted(one.id for one in kiosks if one.liveness.strict)
    yield checks.liveness_check(lambda: strict, models.status)()
    now = SystemClock().now()
    yield checks.cameras_check(
        lambda: {one.id: camera_trouble(one, (), now) for one in kiosks if one.camera}
    )()
    if camera is not None:
        yield camera_check(camera)


def _of_machine(settings: Settings) -> Iterable[Check]:
    make_folder(settings.data_dir)
    https = settings.tls_cert is not None
    return (
        host_checks.folder_check(settings.data_dir),
        secret_files_check(settings.secret_files),
        machine_checks.disk_check(settings.data_dir),
        aside_check(settings.data_dir),
        journal_files_check(settings.data_dir / "journal"),
        host_checks.tls_check(settings.tls_cert, settings.tls_key, SystemClock().now()),
        host_checks.browsers_check(loopback=settings.loopback, https=https),
        host_checks.clock_check(Keeper()),
    )


def _of_redis(settings: Settings, kiosks: list[KioskRecord]) -> Iterator[HealthCheck]:
    """``kiosks``: those that there are come into it."""
    try:
        with assembly.build_redis(settings) as client:
            yield redis_health.reachable_check(client)()
            yield durability.durable_check(client)()
            yield durability.kept_check(
                client,
                embedded=settings.embedded_redis,
                replicas=settings.redis_mode != "standalone",
                hours=settings.journal_hours,
            )()
            if settings.embedded_redis:
                folder = settings.data_dir / "redis"
                yield aof_repair.repaired_check(folder, settings.journal_hours)()
            with suppress(StoreUnavailable):  # which was said above
                unfinished = RedisUnfinished(client, settings.site)
                yield unfinished_check(unfinished.all)()
                kiosks += RedisRules(client, settings.site).kiosks()
            if not settings.embedded_redis:
                yield redis_health.redis_clock_check(
                    redis_health.ahead_of_redis(client, SystemClock())
                )()
    except FaceRecError as error:  # the embedded one cannot be started
        yield HealthCheck("redis", ok=False, detail=msgid("cannot be started"), advice=error.said)


def _place(settings: Settings) -> str:
    if settings.s3_bucket:
        return sentence("bucket {name}", name=settings.s3_bucket)
    return msgid("folder in DATA_DIR")


def snapshots_check(store: SnapshotStore, where: str) -> Check:
    """Write, read and remove a probe; failed if any of the three is."""

    def check() -> HealthCheck:
        key = f"doctor/{secrets.token_hex(8)}.jpg"
        try:
            store.put(key, _PROBE)
            same = store.get(key) == _PROBE
            store.delete(key)
        except (StoreError, OSError) as error:
            advice = error.said if isinstance(error, StoreError) else str(error)
            return HealthCheck("snapshots", ok=False, detail=where, advice=advice)
        differs = msgid("What was written reads differently. Check the disk or server.")
        done = sentence("{place}: written, read, removed", place=where)
        return HealthCheck("snapshots", same, done, "" if same else differs)

    return check


def models_check(models: ModelService) -> HealthCheck:
    """Loads the pack as the app would."""
    try:
        models.load()
    except ModelError as error:
        pack = models.status().pack
        return HealthCheck("models", ok=False, detail=pack, advice=error.said)
    finally:
        models.close()
    return checks.models_check(models.status)()


def camera_check(text: str, seconds: float = _CAMERA_SECONDS) -> HealthCheck:
    """Waits some seconds for one picture; a camera is opened as its worker opens it."""
    try:
        found = _look(source_of(text), seconds)
    except (CameraRefused, SourceError) as error:
        return HealthCheck("camera", ok=False, detail=msgid("no picture"), advice=error.said)
    if found:
        return HealthCheck("camera", ok=True, detail=found)
    return HealthCheck("camera", ok=False,
        detail=sentence("no picture came within {seconds} s", seconds=Figure(seconds)),
        advice=msgid(
            "Check its power and address, its user and password, and whether this machine may "
            "reach it."
        ),
    )  # fmt: skip


def _look(source: Source, seconds: float) -> str:
    """What the first picture is like; empty if none comes in time. A camera may hang for long,
    so that somebody else waits for it."""
    answers: queue.Queue[str | FaceRecError] = queue.Queue()

    def look() -> None:
        try:
            answers.put(_first(source, seconds))
        except (CameraRefused, SourceError) as error:
            answers.put(error)

    background.once("camera-look", look)
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        return ""
    if isinstance(answer, FaceRecError):
        raise answer
    return answer


def _first(source: Source, seconds: float) -> str:
    from face_rec.cameras.picture import Trial

    if isinstance(source, Address):
        found = Trial(Path(), seconds)(source)
        return f"{found.width}×{found.height} px, {found.codec}"
    if isinstance(source, PictureFolder):
        image = next((image for _, image in source.pictures()), None)
    else:
        image = next((image for _, image in source.frames()), None)
    return "" if image is None else f"{image.shape[1]}×{image.shape[0]} px"

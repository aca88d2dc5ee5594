"""Seals everything anew with the current data key: after a key was set, and for rotation."""

import base64
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

from face_rec.access.factors import app_codes
from face_rec.access.factors.factor_store import FactorStore
from face_rec.access.factors.factors import Factors
from face_rec.domain.errors import Conflict, SettingError, SnapshotMissing
from face_rec.domain.pictures import day_of, owner_of
from face_rec.languages.language import msgid
from face_rec.protocols.models import Progress
from face_rec.retry import until_first
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.people import person_codec, person_keys, template_codec
from face_rec.stores.people.gallery_feed import GalleryFeed
from face_rec.stores.people.person_keys import OWN, PersonKeys, PersonSealer
from face_rec.stores.people.pins import RedisPins
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.redis.lua import Argument, Script
from face_rec.stores.sealing.data_keys import DataKeys
from face_rec.stores.sealing.sealer import DataSealer
from face_rec.stores.snapshots.sealed_snapshots import PICTURE, SealedSnapshots

_RESEAL: Final = Script("reseal")
_SWAP: Final = Script("swap_field")


class TemplateResealer:
    """The templates of everybody of ``site``, while the app runs."""

    def __init__(self, client: Client, site: str, sealer: DataSealer, own: PersonKeys) -> None:
        self._client = client
        self._site = site
        self._sealer = sealer
        self._own = own
        self._feed = GalleryFeed(client, site, sealer)

    def run(self, progress: Progress | None = None) -> int:
        """How many people's templates were sealed anew. Raises StoreError; run it again then,
        it goes on where it stopped."""
        changed = done = 0
        with redis_errors():
            total = int(self._client.hlen(keys.ids(self._site)))
        for subjects in self._feed.subjects():
            for subject in subjects:
                changed += until_first(partial(self._person, subject))
                done += 1
                if progress is not None:
                    progress(done, max(done, total))
        return changed

    def _person(self, subject: str) -> bool:
        """Whether there was anything to seal; raises Conflict if somebody was faster."""
        version, about, vectors = self._read(subject)
        if about is None and not vectors:
            return False
        sealer = PersonSealer(self._own.of(subject), self._sealer)
        if self._replace(subject, version, _anew(sealer, subject, about, vectors), vectors):
            return True
        raise Conflict(
            msgid("A person is changed again and again at this moment. Run it once more.")
        )

    @redis_errors()
    def _read(self, subject: str) -> tuple[bytes, bytes | None, dict[int, bytes]]:
        """The version, and what is not sealed with the person's own key: profile and
        embeddings by slot."""
        wanted = [keys.VERSION, keys.ABOUT, *keys.VECTORS]
        found: Any = self._client.hmget(keys.person(self._site, subject), wanted)
        version, about, *rows = found
        vectors = {slot: stored for slot, stored in enumerate(rows) if stored is not None}
        own = about is not None and about.startswith(OWN)
        return version or b"", None if own else about, vectors

    @redis_errors()
    def _replace(
        self, subject: str, version: bytes, fields: dict[str, bytes], gone: Collection[int]
    ) -> bool:
        arguments: list[Argument] = [version, len(gone), *map(keys.vector, gone)]
        for name, sealed in fields.items():
            arguments += [name, sealed]
        return bool(_RESEAL.run(self._client, [keys.person(self._site, subject)], arguments))


def _anew(
    sealer: PersonSealer, subject: str, about: bytes | None, vectors: dict[int, bytes]
) -> dict[str, bytes]:
    """The fields as a person's own key seals them."""
    fields = {}
    if about is not None:  # never sealed before people had keys of their own
        fields[keys.ABOUT] = sealer.seal(about, person_codec.about_context(subject))
    if vectors:
        rows = {
            slot: sealer.open(stored, template_codec.template_context(subject, slot))
            for slot, stored in vectors.items()
        }
        fields[keys.FACES] = sealer.seal(
            template_codec.packed_rows(rows), template_codec.faces_context(subject)
        )
    return fields


@dataclass(frozen=True, slots=True)
class Resealed:
    """What was sealed anew. ``waiting``: pictures in a spool that still need an older key, so
    that it must not be taken away yet. ``secrets``: of authenticator apps,
    channels and cameras."""

    people: int
    pictures: int
    waiting: int
    secrets: int = 0


class Resealing:
    """All that one machine can seal anew: the database, its pictures (or those in S3).
    ``feed`` names everybody, ``factors`` holds the secrets of authenticator apps, ``owners``
    knows whose the pictures of marks are, ``addresses`` seals where notices go and
    cameras are and says of how many."""

    def __init__(
        self,
        client: Client,
        site: str,
        data_keys: DataKeys,
        *,
        templates: TemplateResealer,
        feed: GalleryFeed,
        factors: FactorStore,
        owners: "MarkOwners",
        pictures: SealedSnapshots | None,
        spool: Path,
        pins: RedisPins | None = None,
        addresses: Callable[[], int] = lambda: 0,
    ) -> None:
        self._client = client
        self._site = site
        self._keys = data_keys
        self._templates = templates
        self._feed = feed
        self._factors = factors
        self._owners = owners
        self._pictures = pictures
        self._spool = spool
        self._pins = pins
        self._addresses = addresses

    def run(self, progress: Progress | None = None) -> Resealed:
        """Seal templates and pictures with the current key; then, if nothing waits with
        another, the older keys count as unused. Raises StoreError; run it again then."""
        if not self._keys.encrypts:
            raise SettingError(
                msgid(
                    "DATA_KEY is empty, so there is no key to seal with. Make one "
                    "with: python -m face_rec keys new"
                )
            )
        self._keys.check.ensure()
        own = reseal_person_keys(self._client, self._site, self._keys.others)
        people = max(self._templates.run(progress), own)
        secrets = reseal_secrets(self._factors, self._keys.others) + self._addresses()
        if self._pins is not None:
            for subjects in self._feed.subjects():
                self._pins.renew_all(subjects)
        pictures = reseal_pictures(self._pictures, self._owners) if self._pictures else 0
        waiting = waiting_otherwise(self._spool, self._keys.sealer)
        if not waiting:
            self._keys.check.only_current()
        return Resealed(people, pictures, waiting, secrets)


class MarkOwners:
    """Whose the pictures of marks are whose keys do not tell; for keys in order of days."""

    def __init__(self, attendance: RedisAttendance) -> None:
        self._attendance = attendance
        self._day: date | None = None
        self._of_day: dict[str, str] = {}

    def __call__(self, key: str) -> str | None:
        if owner_of(key) is not None or (day := day_of(key)) is None:
            return None
        if day != self._day:
            events = self._attendance.day(day)
            self._of_day = {one.snapshot: one.subject for one in events if one.snapshot}
            self._day = day
        return self._of_day.get(key)


@redis_errors()
def reseal_person_keys(client: Client, site: str, sealer: DataSealer) -> int:
    """How many people's own keys were sealed anew; one destroyed meanwhile stays so."""
    changed, key = 0, keys.person_keys(site)
    for alias, stored in client.hscan_iter(key, count=1000):
        if not sealer.current(stored):
            context = person_keys.context(alias.decode())
            anew = sealer.seal(sealer.open(stored, context), context)
            changed += int(_SWAP.run(client, [key], [alias, stored, anew]))
    return changed


def reseal_secrets(factors: FactorStore, sealer: DataSealer) -> int:
    """How many secrets of authenticator apps were sealed anew."""
    old = [name for name, found in factors.all().items() if _with_secret(found, sealer) != found]
    for name in old:
        factors.change(name, lambda found: _with_secret(found, sealer))
    return len(old)


def _with_secret(factors: Factors, sealer: DataSealer) -> Factors:
    """``factors`` with its secret sealed by the current key."""
    stored = base64.b64decode(factors.totp) if factors.totp else b""
    if not stored or sealer.current(stored):
        return factors
    where = app_codes.context(factors.id)
    sealed = sealer.seal(sealer.open(stored, where), where)
    return replace(factors, totp=base64.b64encode(sealed).decode("ascii"))


def reseal_pictures(
    snapshots: SealedSnapshots,
    owners: Callable[[str], str | None] = lambda _: None,
    progress: Progress | None = None,
) -> int:
    """How many pictures were sealed anew; those deleted meanwhile are passed over. ``owners``
    knows whose a picture is where its key does not tell."""
    changed = 0
    for done, key in enumerate(list(snapshots.keys()), 1):
        try:
            changed += snapshots.reseal(key, owners(key))
        except SnapshotMissing:
            continue
        if progress is not None:
            progress(done, 0)
    return changed


def waiting_otherwise(spool: Path, sealer: DataSealer) -> int:
    """Pictures that wait in the spool of some process, or were set aside, and are not sealed
    with the current key. Those of a spool leave by themselves: it is only the old key that
    must stay until then."""
    return sum(not (head.startswith(PICTURE) or sealer.current(head)) for head in _heads(spool))


def _heads(spool: Path) -> Iterator[bytes]:
    aside = spool.with_name(spool.name + "-quarantine")
    for path in (*spool.glob("*/*"), *aside.glob("*")):
        if path.name.startswith(".") or path.suffix == ".why":
            continue
        try:
            with path.open("rb") as file:
                yield file.read(64)
        except OSError:
            continue

"""Which gallery a site has: in memory, or an engine outside that finds near vectors, where
GALLERY=redis-vectors."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from config import Settings
from face_rec import files
from face_rec.assembly.storage.stores import Stores
from face_rec.background import started
from face_rec.clock import Clock
from face_rec.domain.errors import StoreError
from face_rec.domain.health import HealthCheck
from face_rec.domain.people import Contract
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.people.gallery.audit import GalleryAudit
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.people.gallery.int8_rows import Int8Rows
from face_rec.people.gallery.kept_templates import KeptTemplates
from face_rec.people.gallery.sealed_templates import SealedTemplates
from face_rec.people.gallery.vector_rows import Sample, VectorRows, unsampled
from face_rec.privacy.ports import Keeper
from face_rec.protocols.models import ModelSource
from face_rec.protocols.people_store import PeopleReader
from face_rec.stores.redis.client import MARK_SECONDS, RedisAddress, connect
from face_rec.stores.vectors.agreements import Agreement, RedisAgreements, agreement_check
from face_rec.stores.vectors.engine import Engine
from face_rec.stores.vectors.redis_vectors import SiteVectors

# All floats in memory, or bytes there and the floats on the disk.

_MOST_THREADS = 4  # more gain little: memory bandwidth is shared

GalleryOf = Callable[[Contract], MemoryGallery]


def gallery_of(settings: Settings) -> GalleryOf:
    """Makes empty ones, each with a file of its own where it needs one. Raises StoreError where
    DATA_DIR takes none."""
    if settings.gallery == "exact":
        return MemoryGallery
    from face_rec.models.runtime.int8_product import Int8Product

    files.make_folder(settings.data_dir)
    product = Int8Product(min(_MOST_THREADS, os.cpu_count() or 1))

    def rows(dimension: int) -> Int8Rows:
        return Int8Rows(dimension, product, SealedTemplates(settings.data_dir, dimension))

    return lambda contract: MemoryGallery(contract, rows)


@dataclass(frozen=True, slots=True)
class GalleryParts:
    """``make``: an empty gallery of a contract. ``audit``: what compares an engine's answers with
    the exact ones, started; None where every answer is exact."""

    make: GalleryOf
    audit: GalleryAudit | None = None
    agreements: RedisAgreements | None = None

    @property
    def listeners(self) -> list[Callable[..., None]]:
        """To be told who changed."""
        return [self.audit.changed] if self.audit else []

    def checks(self, models: ModelSource) -> Sequence[Callable[[], HealthCheck]]:
        """What is to be looked at beside the gallery itself."""
        return [agreement_check(lambda: self.audited(models))] if self.agreements else []

    def audited(self, models: ModelSource) -> Agreement | None:
        """What came of it lately with the model in use; None without any. May raise
        StoreUnavailable."""
        current = models.current()
        if self.agreements is None or current is None:
            return None
        return self.agreements.newest(current.contract.digest)


def open_gallery(
    settings: Settings, stores: Stores, clock: Clock, stack: ExitStack
) -> GalleryParts:
    """As GALLERY says; closed with ``stack``."""
    if settings.gallery != "redis-vectors":
        return GalleryParts(gallery_of(settings))
    agreements = RedisAgreements(stores.client, settings.site)
    audit = started(GalleryAudit(stores.people.entries, agreements, clock), stack)
    site = site_vectors(settings, stores)
    stack.callback(site.engine.client.close)
    return GalleryParts(vector_gallery(site, stores.people, audit), audit, agreements)


def vector_gallery(
    site: SiteVectors, people: PeopleReader, audit: GalleryAudit | None = None
) -> GalleryOf:
    """Makes empty ones, whose centroids lie in the engine."""

    def make(contract: Contract) -> MemoryGallery:
        kept = KeptTemplates(lambda subjects: people.some(subjects, contract.digest))
        sample: Sample = unsampled
        if audit is not None:
            sample = lambda answer: audit.sample(contract.digest, answer)  # noqa: E731
        index = site.index(contract.digest)
        return MemoryGallery(contract, lambda _: VectorRows(index, kept, sample))

    return make


def any_gallery(settings: Settings, stores: Stores) -> GalleryOf:
    """As GALLERY says, for commands, which are not audited."""
    if settings.gallery == "redis-vectors":
        return vector_gallery(site_vectors(settings, stores), stores.people)
    return gallery_of(settings)


def site_vectors(settings: Settings, stores: Stores) -> SiteVectors:
    """Nothing is asked of the engine yet."""
    return SiteVectors(stores.client, settings.site, _engine(settings))


def _engine(settings: Settings) -> Engine:
    address = RedisAddress(url=settings.vectors_url)
    return Engine(connect(address, patience=MARK_SECONDS, retries=1))


def vectors_keeper(settings: Settings, stores: Stores) -> Keeper | None:
    """Who is erased goes from all indexes at once, or when the engine is back: it is done here,
    and once more by whoever follows the people."""
    if settings.vectors_url is None:
        return None
    site = site_vectors(settings, stores)

    def forget(subject: str) -> int:
        try:
            return site.erase(subject)
        except StoreError:  # said afterwards
            return 0

    def after(subject: str) -> str:
        try:  # whoever put them again meanwhile
            site.erase(subject)
        except StoreError as error:
            return sentence(
                "NOT DONE YET: the vector engine may still hold this person's vector, without a"
                " name ({error}) It goes by itself when the engine answers again, and 72 hours "
                "after the last question at the latest.",
                error=error.said,
            )
        return ""

    return Keeper(msgid("place in the vector engine"), lambda _: [], forget, after)


def vectors_now(settings: Settings) -> Iterator[HealthCheck]:
    """For ``doctor``: whether the engine can be used. Nothing without one."""
    if settings.vectors_url is None:
        return
    try:
        version = _engine(settings).refuse_unfit()
    except StoreError as error:
        yield HealthCheck(
            "vector engine", ok=settings.gallery != "redis-vectors", warning=True,
            detail=msgid("cannot be used"), advice=error.said,
        )  # fmt: skip
        return
    if settings.gallery == "redis-vectors":
        detail = sentence(
            "Redis {version} finds vectors and keeps them in memory alone", version=version
        )
    else:
        detail = sentence(
            "Redis {version} finds vectors and keeps them in memory alone, unused "
            "(GALLERY={gallery})",
            version=version, gallery=settings.gallery,
        )  # fmt: skip
    yield HealthCheck("vector engine", ok=True, detail=detail)

"""What an erasure does about the archive; without its libraries where there is none."""

import logging
from typing import TYPE_CHECKING, Final

from config import Settings
from face_rec.assembly.storage.stores import Stores
from face_rec.clock import Clock
from face_rec.domain.errors import FaceRecError, StoreError
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence, sentence_many
from face_rec.privacy.ports import Keeper
from face_rec.protocols.archive import ArchivedDays
from face_rec.settings.archive import Place

if TYPE_CHECKING:
    from face_rec.archive.files.passes import Forgotten

log = logging.getLogger(__name__)

_SOON: Final = msgid(
    "The app does it by itself, ten minutes after it can reach the archive at the latest; without "
    "the app, python -m face_rec archive run does."
)


def archive_keeper(settings: Settings, stores: Stores, clock: Clock) -> Keeper | None:
    """Of the archive that ``settings`` name."""
    if settings.archive_place is None:
        return None
    if settings.archive_place is Place.DATABASE:
        return rows_keeper(stores.left.archive)
    return files_keeper(settings, stores, clock)


def rows_keeper(archive: ArchivedDays) -> Keeper:
    """The archive follows by itself; so it is done at once, and said where it could not be."""

    def forget(subject: str) -> int:
        try:
            return archive.forget(subject)
        except StoreError:  # said afterwards
            return 0

    def after(subject: str) -> str:
        try:  # what was copied meanwhile
            archive.forget(subject)
        except StoreError as error:
            return sentence(
                "NOT DONE YET: the archive still has this person's row ({error}) It is removed by "
                "itself within a minute of the archive's answering again.",
                error=error.said,
            )
        return ""

    return Keeper(msgid("row of the archive"), lambda _: [], forget, after)


def files_keeper(settings: Settings, stores: Stores, clock: Clock) -> Keeper:
    """The files are written as people are registered: so all of it is done once the person is
    gone. What is not done is found by the next pass of whichever process writes them."""

    def after(_subject: str) -> str:
        from face_rec.assembly.archive.month_files import Filed, open_passes

        filed = Filed(
            stores.client, stores.attendance, stores.people, stores.rules, stores.options
        )
        try:
            return _said(open_passes(settings, filed, clock).forget())
        except (FaceRecError, OSError, ValueError, KeyError) as error:  # of Parquet, too
            log.error("erasure_archive_files_to_do reason=%s", error)
            return sentence(
                "NOT DONE YET: files of the archive may name this person ({error}) {soon}",
                error=str(error), soon=_SOON,
            )  # fmt: skip

    return Keeper("", lambda _: [], lambda _: 0, after)


def _said(done: "Forgotten") -> str:
    if done.busy:
        return sentence(
            "NOT DONE YET: files of the archive may name this person: another process writes them "
            "just now. {soon}",
            soon=_SOON,
        )
    if done.blank:
        return sentence(
            "Where ARCHIVE_URL leads are no files yet. If their disk is only not mounted: they "
            "may name this person. {soon}",
            soon=_SOON,
        )
    if done.left:
        return sentence_many(
            "NOT DONE YET: files of {count} month in the archive may name this person, from "
            "{first} on: to write them takes longer. {soon}",
            "NOT DONE YET: files of {count} months in the archive may name this person, from "
            "{first} on: to write them takes longer. {soon}",
            len(done.left),
            first=str(done.left[0]),
            soon=_SOON,
        )
    return sentence_many(
        "No file of the archive names this person any more: {count} was written anew. Versions "
        "and copies that the place keeps of a file stay until they expire there.",
        "No file of the archive names this person any more: {count} were written anew. Versions "
        "and copies that the place keeps of a file stay until they expire there.",
        done.written,
    )

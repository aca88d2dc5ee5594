"""A backup from Redis to its place, and back: written, read again, and only then believed."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, cast

from face_rec import __version__
from face_rec.domain.errors import BackupRefused
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.stores.backup import backup_file
from face_rec.stores.backup.backup_file import BackupReader, Header, Summary
from face_rec.stores.backup.backup_place import Place, scratch
from face_rec.stores.backup.backup_records import WITNESS, Admission, Record
from face_rec.stores.backup.records_reader import SiteBackup, parts
from face_rec.stores.backup.restore import SiteRestore
from face_rec.stores.sealing.keyring import Keyring
from face_rec.stores.sealing.sealed_stream import MAGIC, OpeningReader, SealingWriter
from face_rec.stores.witness.witness_log import LogFolder
from face_rec.stores.witness.witness_pin import PinFile, forget_blank, restored_pin

_UNSEALED = msgid(
    "This backup is not encrypted, and DATA_KEY is set: anybody could have made or "
    "changed it, and it would bring its own accounts, faces and marks with it. Take the "
    "encrypted one. Only if it was made before DATA_KEY was set, and nobody else could "
    "reach it since: repeat this with --unsealed, and look at the accounts afterwards."
)


class Backups:
    """Backups of one site, read from ``source`` and put back into ``target``. With a key in
    ``keyring`` they are encrypted. ``witness`` and ``pin``: where the heads of the chain are
    kept outside Redis; None leaves them out."""

    def __init__(
        self,
        site: str,
        source: SiteBackup,
        target: SiteRestore,
        keyring: Keyring,
        *,
        witness: LogFolder | None = None,
        pin: PinFile | None = None,
    ) -> None:
        self._site = site
        self._source = source
        self._target = target
        self._keyring = keyring
        self._witness = witness
        self._pin = pin

    @property
    def sealing(self) -> bool:
        """Whether backups made here are encrypted."""
        return bool(self._keyring)

    def save(self, place: Place, now: datetime, *, force: bool = False) -> Summary:
        """Write a backup and read it again from where it lies.

        Raises BackupRefused if something is there (unless ``force``) or if what was read
        differs; StoreUnavailable when Redis or S3 goes away.
        """
        self._target.refuse_half_restored()
        if place.exists() and not force:
            raise BackupRefused(
                msgid("There is a file of this name already. Choose another, or --force.")
            )
        with scratch() as made:
            written = self._write(made, Header(self._site, now, __version__))
            made.seek(0)
            place.write(made)
        found = self.verify(place)
        if found.digest != written.digest:
            raise BackupRefused(
                msgid("What was written reads differently. Check the disk; try again.")
            )
        return found

    def verify(self, place: Place, *, unsealed: bool = False) -> Summary:
        """Read a backup to its end; raises BackupRefused for what is not whole, or is not ours.

        Where there is a key, only what was sealed with it counts as ours, unless ``unsealed``.
        """
        with self._reader(place, unsealed) as reader:
            return reader.verify()

    def load(
        self,
        place: Place,
        *,
        unsealed: bool = False,
        noticed: Callable[[], None] = lambda: None,
    ) -> Summary:
        """Put a backup into the empty site; nothing is written before all of it was read.
        ``noticed`` returns when apps that run know of it and hold everything.

        Raises BackupRefused (see :meth:`verify`), and NotEmpty where the site holds anything.
        """
        with self._reader(place, unsealed) as reader:
            self._refuse_other_site(reader.header)
            found = reader.verify()
        self._target.refuse_unless_empty(found.digest)
        self._target.begin(found.digest, noticed)
        if self._witness is not None and self._pin is not None:
            forget_blank(self._witness, self._pin)
        with self._reader(place, unsealed) as reader:
            self._target.write(self._testified(reader.records()), found.digest)
            if reader.digest != found.digest:
                raise BackupRefused(
                    msgid(
                        "The backup changed while it was restored. Empty what was "
                        "restored, and begin again with a backup that nobody "
                        "writes to."
                    )
                )
        if self._witness is not None and self._pin is not None:
            restored_pin(self._witness, self._pin)
        return found

    def _refuse_other_site(self, header: Header) -> None:
        if header.site != self._site:
            raise BackupRefused(
                sentence(
                    "This is a backup of the site {site}, and SITE is {own}. Set "
                    "SITE={name} to restore it.",
                    site=repr(header.site),
                    own=repr(self._site),
                    name=header.site,
                )
            )

    def _testified(self, records: Iterable[Record]) -> Iterator[Record]:
        """Puts the witness back where it belongs, and passes on what belongs into Redis."""
        for record in records:
            if record.kind != WITNESS:
                yield record
            elif self._witness is not None:
                content = b"".join(item for (item,) in record.items)
                self._witness.restore(record.key, content, more=not record.first)

    def _records(self) -> Iterator[Record]:
        """The witness first: it must not be newer than the days it speaks of."""
        if self._witness is not None:
            for name in self._witness.names():
                lines = (self._witness.read(name) or b"").splitlines(keepends=True)
                yield from parts(name, WITNESS, [(line,) for line in lines])
        yield from self._source.records()

    def _write(self, file: IO[bytes], header: Header) -> Summary:
        """Raises BackupRefused where the disk has no room for it."""
        records = self._records()
        try:
            if self._keyring.current is None:
                written = backup_file.write(file, header, records)
            else:
                with SealingWriter(file, self._keyring.current) as sealed:
                    written = backup_file.write(cast("IO[bytes]", sealed), header, records)
            file.flush()
        except OSError as error:
            raise BackupRefused(
                sentence(
                    "The backup cannot be made in {folder} ({reason}). Make room "
                    "there, or name a folder that has some in TMPDIR.",
                    folder=tempfile.gettempdir(),
                    reason=error.strerror or error,
                )
            ) from error
        return written

    @contextmanager
    def _reader(self, place: Place, unsealed: bool) -> Iterator[BackupReader]:
        with place.open() as probe:
            sealed = probe.read(len(MAGIC)) == MAGIC
        if self._keyring and not (sealed or unsealed):
            raise BackupRefused(_UNSEALED)
        with place.open() as source:
            opened = OpeningReader(source, self._keyring) if sealed else source
            yield BackupReader(cast("IO[bytes]", opened), admit=Admission)

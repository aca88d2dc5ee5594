"""The manifest of an archive of files: what there is, by which digest, and what it was made of."""

import hashlib
import io
import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import IO, Any, Final

from face_rec.domain.errors import StoreError
from face_rec.languages.sentence import sentence
from face_rec.stores.archive.file_place import FilePlace

NAME: Final = "manifest.json"
_LARGEST: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class FileNote:
    """One file as it was written."""

    sha256: str
    bytes: int
    rows: int


@dataclass(slots=True)
class Manifest:
    """``people``: the revision of the people that all files were held against; ``made_of``: of
    each month what its files depend on, as a digest; ``written_at``: ISO 8601, UTC, when it was
    written, which is every hour at least, for so often the month that runs is."""

    site: str
    people: int = -1
    written_at: str = ""
    files: dict[str, FileNote] = field(default_factory=dict)
    made_of: dict[str, str] = field(default_factory=dict)


def read(place: FilePlace, site: str) -> Manifest:
    """An empty one where there is none. Raises StoreError for one of another site, or that cannot
    be read."""
    with place.read(NAME) as source:
        text = source.read(_LARGEST) if source is not None else None
    if text is None:
        return Manifest(site)
    try:
        found: dict[str, Any] = json.loads(text)
        files = {name: FileNote(**note) for name, note in found.pop("files").items()}
        manifest = Manifest(files=files, **found)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StoreError(
            sentence(
                "The archive's {name} cannot be read. Move it away: all months are "
                "written anew then.",
                name=NAME,
            )
        ) from error
    if manifest.site != site:
        raise StoreError(
            sentence(
                "The archive belongs to the site {site}. Give each site a folder "
                "of its own in ARCHIVE_URL.",
                site=repr(manifest.site),
            )
        )
    return manifest


def write(place: FilePlace, manifest: Manifest, now: datetime) -> None:
    """Put it there."""
    manifest.written_at = now.astimezone(UTC).isoformat(timespec="seconds")
    text = json.dumps(asdict(manifest), indent=1, sort_keys=True)
    place.write(NAME, io.BytesIO(text.encode()))


def digest(source: IO[bytes]) -> str:
    """Of all that it holds."""
    found = hashlib.sha256()
    while part := source.read(1 << 20):
        found.update(part)
    return found.hexdigest()

"""Installed packs: where they are, what they must hold, whether they still do, and which of them
is wanted.

A pack is a detection and a recognition model. An installed one lies in
``DATA_DIR/models/<name>/`` with a manifest of ours; any other folder with one of each is a
pack as well: what an ONNX file is for is told from its graph and never from its name.
"""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

from face_rec.domain.errors import PackBroken, PackMissing
from face_rec.files import make_folder, write_durable
from face_rec.languages.sentence import sentence
from face_rec.models.packs.catalogue import OFFICIAL
from face_rec.models.packs.digests import Digests
from face_rec.models.packs.manifest import MANIFEST, NAME, Pack, read_manifest
from face_rec.models.packs.model_files import folder_pack

log = logging.getLogger(__name__)


class InstalledPacks:
    """The packs under one folder, ``DATA_DIR/models``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.digests = Digests(root / "verified.json")

    def place(self, wanted: str) -> Path:
        """The folder that a MODEL_PACK of ``wanted`` (a name or a path) means."""
        path = Path(wanted).expanduser()
        return self.root / wanted if NAME.fullmatch(wanted) else path

    def find(self, wanted: str, *, fresh: bool = False) -> Pack:
        """The pack called ``wanted`` (or lying there), verified and fit to be loaded.

        ``fresh``: read every byte again. Raises PackMissing or PackBroken."""
        folder = self.place(wanted)
        if (folder / MANIFEST).is_file():
            pack = read_manifest(folder)
            self.verify(pack, fresh=fresh)
            return pack
        if not folder.is_dir() or not any(folder.glob("*.onnx")):
            raise PackMissing(_how_to_get(wanted, folder))
        return folder_pack(folder, self.digests)

    def installed(self) -> list[Pack]:
        """Packs with a manifest that can be read, by name; their files are not verified."""
        return list(self._readable())

    def names(self) -> list[str]:
        """What there is, whole or not."""
        return sorted(manifest.parent.name for manifest in self.root.glob(f"[!.]*/{MANIFEST}"))

    def _readable(self) -> Iterator[Pack]:
        for name in self.names():
            try:
                yield read_manifest(self.root / name)
            except PackBroken as error:
                log.warning("pack_left_out name=%s reason=%s", name, error)

    def verify(self, pack: Pack, *, fresh: bool = False) -> None:
        """Raise PackBroken unless both files are there, whole and unaltered."""
        for file in pack.files:
            path = pack.path(file)
            reason = self.digests.fault(path, file.bytes, file.sha256, fresh=fresh)
            if reason:
                raise PackBroken(
                    sentence(
                        "{path} {reason}. Install the pack '{name}' again (python "
                        "-m face_rec models {verb}).",
                        path=path,
                        reason=reason,
                        name=pack.name,
                        verb=_verb(pack),
                    )
                )


class Choice:
    """A choice outlives restarts, but not a change of the setting it was made against:
    who then edits MODEL_PACK gets what they wrote."""

    def __init__(self, path: Path, configured: str) -> None:
        self._path = path
        self.configured = configured

    @property
    def wanted(self) -> str:
        """Name or folder of the pack to use."""
        made = self._made()
        return made.get("chosen", "") if self._holds(made) else self.configured

    @property
    def followed(self) -> str:
        """The site's switch that was followed last, whatever MODEL_PACK has become since."""
        return self._made().get("switch", "")

    def make(self, name: str, switch: str = "") -> None:
        """From now on ``name`` is wanted; ``switch``: the site's, which this follows."""
        make_folder(self._path.parent)
        made = {"configured": self.configured, "chosen": name}
        made["switch"] = switch or self.followed
        write_durable(self._path, json.dumps(made).encode())

    def _holds(self, made: dict[str, str]) -> bool:
        return made.get("configured") == self.configured and "chosen" in made

    def _made(self) -> dict[str, str]:
        """What stands there; nothing, where nobody has chosen."""
        try:
            read = json.loads(self._path.read_text(encoding="utf-8"))
            return {str(name): str(value) for name, value in read.items()}
        except (OSError, ValueError, AttributeError):
            return {}


def _verb(pack: Pack) -> str:
    return f"pull {pack.name}" if pack.name in OFFICIAL and not pack.custom else "import …"


def _how_to_get(wanted: str, folder: Path) -> str:
    if wanted in OFFICIAL:
        return sentence(
            "The model pack '{name}' is not installed. Download it on the Models page or with: "
            "python -m face_rec models pull {name}",
            name=wanted,
        )
    return sentence(
        "There is no model pack at {folder}. Set MODEL_PACK to an installed pack or a folder with "
        "a detection and a recognition model, or import one: python -m face_rec models import "
        "ZIP-or-FOLDER",
        folder=folder,
    )


def marks_of(folder: Path, *others: str) -> tuple[tuple[str, int], ...]:
    """Changes whenever a model in ``folder`` does, or one of the ``others``, by name."""
    return tuple(
        map(_mark_of, (*(folder / name for name in others), *sorted(folder.glob("*.onnx"))))
    )


def _mark_of(path: Path) -> tuple[str, int]:
    """Changes whenever the file does; a file that just went away has no time."""
    try:
        return path.name, path.stat().st_mtime_ns
    except OSError:
        return path.name, 0

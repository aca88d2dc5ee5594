"""All of privacy behind one door, for pages and commands."""

from dataclasses import dataclass
from pathlib import Path

from face_rec.privacy.consent import ConsentDesk
from face_rec.privacy.erase import Erasure
from face_rec.privacy.export import PersonExport
from face_rec.privacy.retention import Retention


@dataclass(frozen=True, slots=True)
class Privacy:
    """Safe from any thread. ``font`` is for certificates as PDF; ``encrypted`` says whether
    a data key is set."""

    consent: ConsentDesk
    retention: Retention
    erasure: Erasure
    export: PersonExport
    font: Path
    encrypted: bool = False

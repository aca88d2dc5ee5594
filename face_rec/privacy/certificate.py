"""The certificate of an erasure: what was removed, how much of it, and when.

It names the person, because it is for them; it does not name their subject, because that
would tie the events that stay to them again. No copy is kept in the system.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from fpdf import FPDF

_WIDTH: Final = 0  # of a cell: to the right margin
_LINE: Final = 6.0  # mm


@dataclass(frozen=True, slots=True)
class Removed:
    """One kind of thing that is gone."""

    what: str
    count: int
    where: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """``revision`` is the gallery's after the removal; ``confirmed`` whether the gallery of
    the process that erased was seen to have it. ``files``: what was done, and what is left to
    do, about the files of the database."""

    number: str
    site: str
    person_id: str
    name: str
    erased_at: datetime
    erased_by: str
    removed: tuple[Removed, ...]
    kept: tuple[str, ...]
    revision: int
    confirmed: bool
    files: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The certificate in sentences, without its heading."""
        at = self.erased_at.isoformat(timespec="seconds")
        gallery = (
            "and this process's gallery no longer holds the person"
            if self.confirmed
            else "and every process follows it as soon as it reaches the database"
        )
        return [
            f"Certificate {self.number}",
            f"Site: {self.site}",
            f"Person: {self.name} (ID {self.person_id})",
            f"Erased at: {at}",
            f"Erased by: {self.erased_by}",
            "",
            "Removed:",
            *(f"  - {item.count} × {item.what}, from {item.where}" for item in self.removed),
            f"  - the rows of the gallery in every process: change {self.revision} says so, "
            f"{gallery}",
            *(["", "Files:"] if self.files else []),
            *(f"  - {sentence}" for sentence in self.files),
            "",
            "Kept:",
            *(f"  - {sentence}" for sentence in self.kept),
        ]

    def as_text(self) -> bytes:
        return ("\n".join([HEADING, "", *self.lines()]) + "\n").encode()

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {
            "certificate": self.number,
            "site": self.site,
            "person": {"id": self.person_id, "name": self.name},
            "erased_at": self.erased_at.isoformat(),
            "erased_by": self.erased_by,
            "removed": [
                {"what": item.what, "count": item.count, "where": item.where}
                for item in self.removed
            ],
            "gallery": {"revision": self.revision, "confirmed": self.confirmed},
            "database_files": list(self.files),
            "kept": list(self.kept),
        }

    def as_json(self) -> bytes:
        return json.dumps(self.as_dict(), indent=2, ensure_ascii=False).encode() + b"\n"

    def as_pdf(self, font: Path) -> bytes:
        """For printing; ``font`` is a TrueType file. Signs that it lacks print as boxes."""
        page = FPDF(format="A4")
        page.set_title(HEADING)
        page.set_creation_date(self.erased_at)
        page.add_font("certificate", fname=font)
        page.set_margins(25, 25)
        page.add_page()
        page.set_font("certificate", size=18)
        page.cell(_WIDTH, 14, HEADING, new_x="LMARGIN", new_y="NEXT")
        page.set_font("certificate", size=10)
        for line in self.lines():
            page.multi_cell(_WIDTH, _LINE, line or " ", new_x="LMARGIN", new_y="NEXT")
        return bytes(page.output())


HEADING: Final = "Certificate of erasure"

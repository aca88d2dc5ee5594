"""The certificate of an erasure: what was removed, how much of it, and when.

It names the person, because it is for them; it does not name their subject, because that
would tie the events that stay to them again. No copy is kept in the system.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from face_rec.languages.language import msgid
from face_rec.languages.translator import ENGLISH, Translator
from face_rec.lettering.lettering import MAIN, Lettering

_WIDTH: Final = 0  # of a cell: to the right margin
_LINE: Final = 6.0  # mm
_BELOW: Final[Mapping[str, Any]] = {"new_x": "LMARGIN", "new_y": "NEXT"}


@dataclass(frozen=True, slots=True)
class Removed:
    """One kind of thing that is gone; ``what`` and ``where`` are marked texts."""

    what: str
    count: int
    where: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """``revision`` is the gallery's after the removal; ``confirmed`` whether the gallery of
    the process that erased was seen to have it. ``files``: what was done, and what is left to
    do, about the files of the database. ``kept`` and ``files``: marked texts or sentences, which
    each reader is told in their language; programs are told them in English."""

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

    def lines(self, words: Translator = ENGLISH) -> list[str]:
        """The certificate in sentences, without its heading."""
        return [
            words.gettext("Certificate {number}", number=self.number),
            words.gettext("Site: {site}", site=self.site),
            words.gettext("Person: {name} (ID {id})", name=self.name, id=self.person_id),
            words.gettext("Erased at: {time}", time=self.erased_at.isoformat(timespec="seconds")),
            words.gettext("Erased by: {name}", name=self.erased_by),
            "",
            words.gettext("Removed:"),
            *(f"  - {_told(item, words)}" for item in self.removed),
            f"  - {self._gallery(words)}",
            *(["", words.gettext("Files:")] if self.files else []),
            *(f"  - {words.said(one)}" for one in self.files),
            "",
            words.gettext("Kept:"),
            *(f"  - {words.said(one)}" for one in self.kept),
        ]

    def _gallery(self, words: Translator) -> str:
        if self.confirmed:
            return words.gettext(
                "the rows of the gallery in every process: change {revision} says so, and this "
                "process's gallery no longer holds the person",
                revision=self.revision,
            )
        return words.gettext(
            "the rows of the gallery in every process: change {revision} says so, and every "
            "process follows it as soon as it reaches the database",
            revision=self.revision,
        )

    def as_text(self, words: Translator = ENGLISH) -> bytes:
        return ("\n".join([words.gettext(HEADING), "", *self.lines(words)]) + "\n").encode()

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

    def as_pdf(self, words: Translator = ENGLISH) -> bytes:
        """For printing. Signs that no font has print as boxes."""
        from fpdf import FPDF

        page = FPDF(format="A4")
        heading = words.gettext(HEADING)
        page.set_title(heading)
        page.set_creation_date(self.erased_at)
        mirrored = words.language.direction == "rtl"
        letters = Lettering(page, from_right=mirrored)
        page.set_margins(25, 25)
        page.add_page()
        side = "R" if mirrored else "L"
        page.set_font(MAIN, size=18)
        page.multi_cell(_WIDTH, 14, letters.writable(heading), align=side, **_BELOW)
        page.set_font(MAIN, size=10)
        for line in self.lines(words):
            page.multi_cell(_WIDTH, _LINE, letters.writable(line) or " ", align=side, **_BELOW)
        return bytes(page.output())


def _told(item: Removed, words: Translator) -> str:
    return words.gettext(
        "{number} × {what}, from {where}",
        number=item.count, what=words.said(item.what), where=words.said(item.where),
    )  # fmt: skip


HEADING: Final = msgid("Certificate of erasure")

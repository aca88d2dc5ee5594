"""Where what people do is written down."""

from dataclasses import dataclass

from face_rec.attendance.rules.rules import RulesWriter
from face_rec.protocols.marks import MarkWriter
from face_rec.protocols.people import PeopleWriter


@dataclass(frozen=True, slots=True)
class Writers:
    """Those who change anything change it through these."""

    people: PeopleWriter
    unattended: PeopleWriter
    """For work that changes nothing of a person that anybody has entered."""
    marks: MarkWriter
    corrections: MarkWriter
    offered: MarkWriter
    """For what was written once and is offered again."""
    rules: RulesWriter

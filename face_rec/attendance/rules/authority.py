"""Whose rules somebody may change: HR those of their groups, an admin all of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.attendance.rules.leave_type import Allowance
from face_rec.attendance.rules.mobile import MobilePunch
from face_rec.attendance.rules.roster import Assignment, Employment
from face_rec.attendance.rules.roster_week import RosterWeek
from face_rec.attendance.rules.rules import Item, Rules, subject_of
from face_rec.attendance.rules.shift import DEFAULT_ID, Shift
from face_rec.domain.groups import NO_GROUPS, Groups
from face_rec.domain.people import Person
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.languages.language import msgid

_COMPANY = msgid("This holds for the whole company: an administrator can change it.")
_KIOSKS = msgid("What a kiosk does is set on the page Kiosks, by who may change kiosks.")
_OTHERS = msgid("This concerns people outside of your groups. Ask an administrator to change it.")


@dataclass(frozen=True, slots=True)
class Authority:
    """``groups``: whose rules may be changed. ``company``: whether rules of the whole company
    (limits, the shift that holds for all) may be changed, and so everybody's. ``kiosks``:
    whether records of kiosks may be, which is a right of its own: they say who gets in by PIN,
    too."""

    groups: Groups = NO_GROUPS
    company: bool = False
    kiosks: bool = False

    @property
    def everything(self) -> bool:
        return self.company and self.kiosks

    def refusal(self, item: Item, rules: Rules, people: Mapping[str, Person]) -> str:
        """Why ``item``, as it is stored or as it is to be stored, is not theirs to change;
        empty if it is."""
        if isinstance(item, KioskRecord):
            return "" if self.kiosks else _KIOSKS
        return "" if self.company else self._of_people(item, rules, people)

    def _of_people(self, item: Item, rules: Rules, people: Mapping[str, Person]) -> str:
        if isinstance(item, Leave | Employment | RosterWeek):
            return "" if self._owns(subject_of(item), people) else _OTHERS
        if isinstance(item, Allowance) and not (item.subject or item.group):
            return "" if self.groups.every else _COMPANY
        if isinstance(item, Assignment | Allowance | MobilePunch):
            whose = subject_of(item)
            mine = self._owns(whose, people) if whose else self._in(item.group)
            return "" if mine else _OTHERS
        if isinstance(item, Holiday):
            return "" if self._holiday(item) else _OTHERS if item.groups else _COMPANY
        if isinstance(item, Shift):
            return self._shift(item, rules, people)
        return _COMPANY

    def _shift(self, shift: Shift, rules: Rules, people: Mapping[str, Person]) -> str:
        """A shift is theirs while nobody outside of their groups has it."""
        if shift.id == DEFAULT_ID:
            return _COMPANY
        users = [one for one in rules.assignments if one.shift == shift.id]
        mine = (
            self._owns(one.subject, people) if one.subject else self._in(one.group)
            for one in users
        )  # fmt: skip
        rostered = {one.subject for one in rules.rosters if shift.id in one.days}
        theirs = all(mine) and all(self._owns(subject, people) for subject in rostered)
        return "" if theirs else _OTHERS

    def _holiday(self, holiday: Holiday) -> bool:
        if not holiday.groups:
            return self.groups.every
        return all(self._in(group) for group in holiday.groups)

    def _owns(self, subject: str, people: Mapping[str, Person]) -> bool:
        person = people.get(subject)
        return person is not None and self._in(person.group)

    def _in(self, group: str) -> bool:
        return self.groups.holds(group)

"""For who sets the rules of attendance, and the options of the site: Settings."""

from dataclasses import dataclass

from face_rec.facades.attendance.attendance import AttendanceFacade
from face_rec.site_options import LiveOptions


@dataclass(frozen=True, slots=True)
class SettingsFacade(AttendanceFacade):
    options: LiveOptions

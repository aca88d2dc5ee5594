"""Badges: what becomes of them at kiosks, and the office that prints them."""

import base64
from collections.abc import Callable
from datetime import datetime

from face_rec.access.devices.badge_check import BadgeCheck
from face_rec.assembly.storage.stores import Stores
from face_rec.badges.badge_service import BadgeService
from face_rec.badges.card import Look
from face_rec.clock import Clock
from face_rec.domain.kiosks.look import ACCENT
from face_rec.kiosks.badge_windows import BadgeWindows
from face_rec.kiosks.kiosk import BadgeUse


def open_badge_check(stores: Stores, clock: Clock) -> BadgeCheck:
    """By what the office has decided of each kiosk, and by its hours."""

    def use(kiosk: str) -> BadgeUse:
        record = stores.kiosks.record(kiosk)
        local = clock.now().astimezone(stores.options.current().timezone)
        return record.badges if record.open_at(local) else BadgeUse.OFF

    access = stores.access
    return BadgeCheck(
        BadgeWindows(clock), access.badges, access.pins, stores.people, use=use,
        away=stores.pulse.away,
    )  # fmt: skip


def badge_look(stores: Stores) -> Callable[[], Look]:
    """Of the site's cards, as it stands at each moment."""

    def look() -> Look:
        options = stores.options.current()
        logo = base64.b64decode(options.look.logo)
        return Look(options.title, options.look.accent or ACCENT, logo)

    return look


def open_badge_service(stores: Stores) -> BadgeService:
    def day(at: datetime) -> str:
        return f"{at.astimezone(stores.options.current().timezone):%Y-%m-%d}"

    return BadgeService(
        stores.access.badges, stores.people, stores.spool.get, look=badge_look(stores), day=day,
        demand=stores.access.step_up.demand,
    )  # fmt: skip

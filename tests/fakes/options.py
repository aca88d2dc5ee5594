"""Choices about the site that rest in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from face_rec.domain.errors import StoreUnavailable
from face_rec.site_options import LiveOptions, SiteOptions, StoredOptions

OPTIONS = SiteOptions("Test site", ZoneInfo("Europe/Berlin"), 60, 0, 0)


@dataclass
class MemoryOptions:
    """An ``OptionsStore``; away while ``available`` is False."""

    values: dict[str, str] = field(default_factory=dict)
    version: int = 0
    available: bool = True

    def load(self) -> StoredOptions:
        if not self.available:
            raise StoreUnavailable("Redis is away.")
        return StoredOptions(dict(self.values), self.version)

    def newest(self) -> int:
        return self.load().version

    def save(self, values: Mapping[str, str], version: int) -> bool:
        if version != self.version:
            return False
        self.values, self.version = dict(values), version + 1
        return True


def live_options(
    start: SiteOptions = OPTIONS,
    given: frozenset[str] = frozenset(),
    notes: list[object] | None = None,
    chosen: Mapping[str, str] | None = None,
) -> LiveOptions:
    """Options over a memory of their own; what is noted goes to ``notes``."""
    noted: list[object] = [] if notes is None else notes
    store = MemoryOptions(dict(chosen or {}), version=1 if chosen else 0)
    options = LiveOptions(start, given, store, lambda *change: noted.append(change))
    options.refresh()
    return options


def decided() -> LiveOptions:
    """A site whose time zone somebody has chosen, so that nobody is asked for it."""
    return live_options(chosen={"timezone": OPTIONS.timezone.key})

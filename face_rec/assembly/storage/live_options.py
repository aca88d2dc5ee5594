"""The site's options, live, over the settings that the process began with."""

from collections.abc import Mapping

from config import Settings
from face_rec.access.audit.audit import Action
from face_rec.access.factors.step_up import StepUp
from face_rec.access.rights import Act
from face_rec.assembly.storage.access import open_audit_log
from face_rec.site_options import LiveOptions, SiteOptions
from face_rec.stores.chain.ledger import ADMINISTRATION, AUDIT, Streams
from face_rec.stores.site.site_state import RedisOptions


def open_options(settings: Settings, streams: Streams) -> LiveOptions:
    """What an admin may change about the site, as it stands now."""
    start = SiteOptions(
        title=settings.title,
        timezone=settings.timezone,
        cooldown=settings.cooldown_seconds,
        snapshot_days=settings.snapshot_days,
        inactive_days=settings.inactive_days,
        stranger_days=settings.stranger_days,
        language=settings.site_language,
    )
    client = streams.client
    audit_log = open_audit_log(client, settings.site, streams.clock, streams.ledger(AUDIT))

    def note(before: Mapping[str, object], after: Mapping[str, object]) -> None:
        audit_log.record(Action.SITE_CHANGED, settings.site, before, after)

    step_up = StepUp(streams.clock)
    stored = RedisOptions(client, settings.site, streams.ledger(ADMINISTRATION))
    options = LiveOptions(
        start, settings.given, stored, note,
        erasing=lambda: step_up.demand(Act.ERASE),
        screens=lambda: step_up.demand(Act.KIOSKS),
        ways=lambda: step_up.demand(Act.ACCOUNTS),
    )  # fmt: skip
    options.refresh()
    return options

"""The keys of the outbox. All share the slot of the site, and none is part of a backup."""


def everything(site: str) -> str:
    """What all of them begin with."""
    return f"notices:{{{site}}}:"


def outbox(site: str) -> str:
    """Stream: notices in the order in which they came, the newest of them."""
    return f"notices:{{{site}}}:outbox"


def outbox_places(site: str) -> str:
    """Hash: where each reader of marks, checks and kiosks stands."""
    return f"notices:{{{site}}}:places"


def outbox_told(site: str, day: str) -> str:
    """Set, expires: ids of what was told of a local day."""
    return f"notices:{{{site}}}:told:{day}"


def deliveries(site: str) -> str:
    """Hash: id → JSON of what is on its way."""
    return f"notices:{{{site}}}:deliveries"


def deliveries_due(site: str) -> str:
    """Sorted set: id → when it is tried next, milliseconds since 1970."""
    return f"notices:{{{site}}}:due"


def deliveries_dead(site: str) -> str:
    """Hash: id → JSON of what was given up."""
    return f"notices:{{{site}}}:dead"


def deliveries_settled(site: str) -> str:
    """List: what became of the latest, newest first."""
    return f"notices:{{{site}}}:settled"


def notices_cooled(site: str) -> str:
    """Sorted set: what is not told again → until when, milliseconds since 1970."""
    return f"notices:{{{site}}}:cooled"


def waiting(site: str) -> str:
    """Hash: id → JSON of what waits to be acknowledged, or was lately."""
    return f"notices:{{{site}}}:waiting"


def waiting_due(site: str) -> str:
    """Sorted set: id → when others are told, or it is forgotten, milliseconds since 1970."""
    return f"notices:{{{site}}}:waiting-due"


def report_results(site: str, schedule: str) -> str:
    """Hash: account → JSON, what became of the latest report by mail."""
    return f"notices:{{{site}}}:report:{schedule}"

"""The keys of unknown people. All share the slot of the site, and none is part of a backup: what
is forgotten soon must not live on in a file that is kept for years."""


def everything(site: str) -> str:
    """What all of them begin with."""
    return f"strangers:{{{site}}}:"


def people(site: str) -> str:
    """Hash: id → JSON of somebody unknown."""
    return f"strangers:{{{site}}}:people"


def visits(site: str) -> str:
    """Hash: id → JSON of a visit."""
    return f"strangers:{{{site}}}:visits"


def faces(site: str) -> str:
    """Hash: id of a visit → its embedding, sealed."""
    return f"strangers:{{{site}}}:faces"


def ended(site: str) -> str:
    """Sorted set: id of a visit → when it ended, milliseconds since 1970."""
    return f"strangers:{{{site}}}:ended"


def changes(site: str) -> str:
    """Stream: revision → ids of those that it changed; the newest of them."""
    return f"strangers:{{{site}}}:changes"


def revision(site: str) -> str:
    """Counter."""
    return f"strangers:{{{site}}}:revision"


def told(site: str, name: str) -> str:
    """Expires: what is not told or done again for a while."""
    return f"strangers:{{{site}}}:told:{name}"

"""The keys of cameras beside their records. All share the slot of the site, and none is part of a
backup."""


def leases(site: str) -> str:
    """Hash: camera → ``worker until``, milliseconds since 1970 by the clock of Redis."""
    return f"cameras:{{{site}}}:leases"


def workers(site: str, pool: str) -> str:
    """Sorted set: worker → until when it is taken to be there; ``pool``: the digest of a machine,
    whose cameras no other one can serve, or "any"."""
    return f"cameras:{{{site}}}:workers:{pool}"


def health(site: str, camera: str) -> str:
    """String, expires: how the camera is, as JSON."""
    return f"cameras:{{{site}}}:health:{camera}"


def looked_at(site: str, camera: str) -> str:
    """String, expires: somebody looks at the camera."""
    return f"cameras:{{{site}}}:looked:{camera}"


def wall(site: str) -> str:
    """Channel, not a key: pictures on their way to whoever looks."""
    return f"cameras:{{{site}}}:wall"

"""Every key of accounts, sessions, links and the audit log; they share the slot of the site
(:mod:`face_rec.stores.redis.keys` says why)."""


def access(site: str, kind: str) -> str:
    """Hash: id → JSON, the records of one kind (accounts, devices, tokens,
    factors, handles)."""
    return f"access:{{{site}}}:{kind}"


def access_notes(site: str, kind: str) -> str:
    """Hash: id → JSON, the last moment of something; may be lost."""
    return f"access:{{{site}}}:last:{kind}"


def session(site: str, digest: str) -> str:
    """String, expires: one session as JSON, by the digest of its secret."""
    return f"session:{{{site}}}:{digest}"


def sessions(site: str, account: str) -> str:
    """Hash, expires: digest of a session → its last use; ``account``: the digest of a name."""
    return f"sessions:{{{site}}}:{account}"


def link(site: str, digest: str) -> str:
    """String, expires: one one-time link as JSON, by the digest of its secret."""
    return f"link:{{{site}}}:{digest}"


def once(site: str, kind: str, digest: str) -> str:
    """String, expires: what waits for one answer as JSON, by the digest of a secret."""
    return f"once:{{{site}}}:{kind}:{digest}"


def tries(site: str, name: str) -> str:
    """Counter, expires: tries under one of our own names."""
    return f"tries:{{{site}}}:{name}"


def attempts(site: str, name: str) -> str:
    """Hash, expires: count of tries and time of the next, by who tries; under a name of ours."""
    return f"attempts:{{{site}}}:{name}"


def audit(site: str) -> str:
    """Stream: the audit log, appended only."""
    return f"audit:{{{site}}}"


def refused(site: str, action: str) -> str:
    """Stream: tries that were refused, the newest of one kind."""
    return f"refused:{{{site}}}:{action}"


def refused_counts(site: str) -> str:
    """Hash: day/action → how many tries were refused."""
    return f"refused:{{{site}}}"


def access_key(site: str) -> str:
    """String: random, signs what a browser carries to the identity provider and back."""
    return f"access:{{{site}}}:key"

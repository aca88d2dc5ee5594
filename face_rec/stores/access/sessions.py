"""Sessions, one-time links, tries and last moments in Redis; what ends, ends by itself."""

from datetime import datetime
from typing import Any, Final, Generic, TypeVar, cast

from face_rec.access import secrets
from face_rec.access.changes import Listener, unheard
from face_rec.access.devices.credentials import Link
from face_rec.access.devices.device import Beat
from face_rec.access.signin.session import Session, SignIn, Use, known_as
from face_rec.stores.access.access_codec import decode, encode
from face_rec.stores.chain.ledger import Ledger
from face_rec.stores.chain.linking import Command
from face_rec.stores.redis import access_keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.redis.lua import Script

Waiting = TypeVar("Waiting")

_LONGEST_MS: Final = 31 * 24 * 3600 * 1000  # no session lasts longer (SESSION_HOURS)
_TAKE = Script("take")
_COUNT = Script("count_try")
_UNCOUNT = Script("uncount_try")


class RedisSessions:
    """A ``SessionStore``. Safe to call from several threads and processes at once. ``ended`` is
    called when a session was ended, in the thread that did it. With a ``ledger`` that is linked:
    a Redis that forgets it is told again. One that begins may be forgotten."""

    def __init__(
        self, client: Client, site: str, ended: Listener = unheard, ledger: Ledger | None = None
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._ended = ended
        self._site = site

    @redis_errors()
    def put(self, digest: str, session: Session, seconds: float) -> None:
        use = Use(session.started_at, session.address)
        pipeline = self._client.pipeline(transaction=True)
        pipeline.set(access_keys.session(self._site, digest), encode(session), px=_ms(seconds))
        self._note(pipeline, digest, session.account, use)
        for name in known_as(session):  # without the address: no erasure finds it there
            self.of(name)  # what has ended goes
            self._note(pipeline, digest, name, Use(session.started_at, ""))
        pipeline.execute()

    @redis_errors()
    def get(self, digest: str) -> tuple[Session, float] | None:
        key = access_keys.session(self._site, digest)
        pipeline = self._client.pipeline(transaction=True)
        pipeline.get(key)
        pipeline.pttl(key)
        text, left = pipeline.execute()
        return None if text is None else (decode(Session, text), left / 1000)

    @redis_errors()
    def prolong(self, digest: str, account: str, seconds: float, use: Use | None) -> None:
        pipeline = self._client.pipeline(transaction=True)
        pipeline.pexpire(access_keys.session(self._site, digest), _ms(seconds))
        if use is not None:
            self._note(pipeline, digest, account, use)
        pipeline.execute()

    @redis_errors()
    def replace(self, digest: str, session: Session) -> None:
        key = access_keys.session(self._site, digest)
        stored = cast("bytes | None", self._client.get(key))
        self._client.set(key, encode(session, stored), xx=True, keepttl=True)

    @redis_errors()
    def drop(self, digest: str, account: str) -> None:
        try:
            self._drop(access_keys.session(self._site, digest), self._of(account), digest)
        finally:  # also after an answer that was lost: it may have ended
            self._ended()

    def _drop(self, session: str, noted: str, digest: str) -> None:
        if self._ledger is not None:  # also where there is none: after a failover there may be
            gone = (Command(session, ("DEL",)), Command(noted, ("HDEL", digest)))
            self._ledger.write({}, gone)
            return
        pipeline = self._client.pipeline(transaction=True)
        pipeline.delete(session)
        pipeline.hdel(noted, digest)
        pipeline.execute()

    @redis_errors()
    def of(self, account: str) -> dict[str, tuple[Session, Use | None]]:
        noted = cast("dict[bytes, bytes]", self._client.hgetall(self._of(account)))
        found: dict[str, tuple[Session, Use | None]] = {}
        for name, use in noted.items():
            held = self.get(name.decode())
            if held is None:
                self._client.hdel(self._of(account), name)
            elif account in {held[0].account, *known_as(held[0])}:
                found[name.decode()] = (held[0], decode(Use, use))
        return found

    def _note(self, pipeline: Any, digest: str, account: str, use: Use) -> None:  # noqa: ANN401
        pipeline.hset(self._of(account), digest, encode(use))
        pipeline.pexpire(self._of(account), _LONGEST_MS)

    def _of(self, account: str) -> str:
        return access_keys.sessions(self._site, secrets.digest(account))


class RedisLinks:
    """A ``LinkStore``. Safe to call from several threads and processes at once. With a ``ledger``
    a link that was used stays used where Redis loses that; one that waits may be forgotten."""

    def __init__(self, client: Client, site: str, ledger: Ledger | None = None) -> None:
        self._ledger = ledger
        self._client = client
        self._site = site

    @redis_errors()
    def put(self, digest: str, link: Link, seconds: float | None) -> None:
        px = None if seconds is None else _ms(seconds)
        self._client.set(access_keys.link(self._site, digest), encode(link), px=px)

    @redis_errors()
    def peek(self, digest: str) -> Link | None:
        return _link(cast("bytes | None", self._client.get(access_keys.link(self._site, digest))))

    @redis_errors()
    def take(self, digest: str) -> Link | None:
        return _link(_taken(self._client, self._ledger, access_keys.link(self._site, digest)))


class RedisOnce(Generic[Waiting]):
    """A ``OnceStore``. Safe to call from several threads and processes at once. With a ``ledger``
    what was taken stays so where Redis loses that."""

    def __init__(
        self, client: Client, site: str, kind: type[Waiting], ledger: Ledger | None = None
    ) -> None:
        self._ledger = ledger
        self._client = client
        self._site = site
        self._kind = kind

    @redis_errors()
    def put(self, digest: str, waiting: Waiting, seconds: float) -> None:
        self._client.set(self._key(digest), encode(waiting), px=_ms(seconds))

    @redis_errors()
    def peek(self, digest: str) -> Waiting | None:
        return self._read(cast("bytes | None", self._client.get(self._key(digest))))

    @redis_errors()
    def take(self, digest: str) -> Waiting | None:
        return self._read(_taken(self._client, self._ledger, self._key(digest)))

    def _key(self, digest: str) -> str:
        return access_keys.once(self._site, self._kind.__name__.lower(), digest)

    def _read(self, text: bytes | None) -> Waiting | None:
        return None if text is None else decode(self._kind, text)


class RedisCounters:
    """A ``CounterStore``. Safe to call from several threads and processes at once."""

    def __init__(self, client: Client, site: str) -> None:
        self._client = client
        self._site = site

    @redis_errors()
    def add(self, key: str, seconds: float) -> int:
        return int(_COUNT.run(self._client, [access_keys.tries(self._site, key)], [_ms(seconds)]))

    @redis_errors()
    def take_back(self, key: str) -> None:
        _UNCOUNT.run(self._client, [access_keys.tries(self._site, key)], [])

    @redis_errors()
    def clear(self, key: str) -> None:
        self._client.delete(access_keys.tries(self._site, key))


class RedisNotes:
    """``Moments``, ``Beats`` and ``SignInNotes``. Safe to call from several threads and processes
    at once."""

    def __init__(self, client: Client, site: str) -> None:
        self._client = client
        self._site = site

    def signed_in(self, account: str, sign_in: SignIn) -> None:
        self._note("sign-in", account, sign_in.at.isoformat())
        self._note("sign-in-from", account, encode(sign_in))

    def last_sign_in(self, account: str) -> SignIn | None:
        return self._sign_in("sign-in-from", account)

    def note_new(self, account: str, sign_in: SignIn) -> None:
        self._note("sign-in-new", account, encode(sign_in))

    def new_sign_in(self, account: str) -> SignIn | None:
        return self._sign_in("sign-in-new", account)

    @redis_errors()
    def _sign_in(self, kind: str, account: str) -> SignIn | None:
        key = access_keys.access_notes(self._site, kind)
        found = cast("bytes | None", self._client.hget(key, account))
        return None if found is None else decode(SignIn, found)

    def sign_ins(self) -> dict[str, datetime]:
        return self._moments("sign-in")

    def used(self, token: str, at: datetime) -> None:
        self._note("use", token, at.isoformat())

    def uses(self) -> dict[str, datetime]:
        return self._moments("use")

    def beat(self, device: str, beat: Beat) -> None:
        self._note("beat", device, encode(beat))

    def beats(self) -> dict[str, Beat]:
        return {name: decode(Beat, text) for name, text in self._all("beat").items()}

    def _moments(self, kind: str) -> dict[str, datetime]:
        found = self._all(kind).items()
        return {name: datetime.fromisoformat(text) for name, text in found}

    @redis_errors()
    def _note(self, kind: str, name: str, text: str) -> None:
        self._client.hset(access_keys.access_notes(self._site, kind), name, text)

    @redis_errors()
    def _all(self, kind: str) -> dict[str, str]:
        stored = cast(
            "dict[bytes, bytes]", self._client.hgetall(access_keys.access_notes(self._site, kind))
        )
        return {name.decode(): text.decode() for name, text in stored.items()}


@redis_errors()
def signing_key(client: Client, site: str, fresh: str) -> str:
    """The site's key for signing: ``fresh`` if there was none, the same in all processes."""
    key = access_keys.access_key(site)
    client.set(key, fresh, nx=True)
    return cast("bytes", client.get(key)).decode()


def _taken(client: Client, ledger: Ledger | None, key: str) -> bytes | None:
    """What was there, and is not any more."""
    found: bytes | None = _TAKE.run(client, [key], [])
    if found is not None and ledger is not None:
        ledger.write({}, [Command(key, ("DEL",))])
    return found


def _link(text: bytes | None) -> Link | None:
    return None if text is None else decode(Link, text)


def _ms(seconds: float) -> int:
    return max(1, round(seconds * 1000))

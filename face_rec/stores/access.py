"""Access control on Redis: the whole of :mod:`face_rec.access`, put together."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from argon2 import PasswordHasher

from face_rec.access.access import Access
from face_rec.access.account import Account
from face_rec.access.app_codes import AppCodes
from face_rec.access.attempts import Attempts
from face_rec.access.breached import BreachedPasswords
from face_rec.access.ceremony import Ceremonies, Ceremony
from face_rec.access.changes import Changes
from face_rec.access.confirm import Confirmation
from face_rec.access.device import Device
from face_rec.access.device_proofs import DeviceProofs
from face_rec.access.door import Door
from face_rec.access.external import ExternalAccounts
from face_rec.access.factor_book import FactorBook
from face_rec.access.factors import Factors, Handle
from face_rec.access.founding import Mark
from face_rec.access.half_session import HalfSessions
from face_rec.access.identify import Identify
from face_rec.access.kiosks import Kiosks
from face_rec.access.known import KnownBrowsers
from face_rec.access.own_sessions import OwnSessions
from face_rec.access.passkeys import Passkeys
from face_rec.access.passwords import Passwords
from face_rec.access.pins import Pins
from face_rec.access.proof import Proof
from face_rec.access.provider_sessions import ProviderSessions
from face_rec.access.rights import Role
from face_rec.access.second_factor import SecondFactor
from face_rec.access.secret import new_secret
from face_rec.access.session import HalfSession, Lifetime
from face_rec.access.staff import Staff
from face_rec.access.step_up import StepUp
from face_rec.access.storage import OnceStore, Sealer
from face_rec.access.tabs import SentFiles, Tabs
from face_rec.access.throttle import Throttle
from face_rec.access.token import Token
from face_rec.access.tokens import Tokens
from face_rec.access.told import ToldRecords, ToldSessions
from face_rec.access.trail import Trail
from face_rec.clock import Clock
from face_rec.stores.access_attempts import RedisAttempts
from face_rec.stores.access_audit import RedisAudit
from face_rec.stores.access_records import RedisRecords
from face_rec.stores.access_sessions import (
    RedisCounters,
    RedisLinks,
    RedisNotes,
    RedisOnce,
    RedisSessions,
    signing_key,
)
from face_rec.stores.client import Client
from face_rec.stores.codec import Unsealed
from face_rec.stores.ledger import Ledger
from face_rec.stores.person_keys import PersonKeys
from face_rec.stores.pins import RedisPins
from face_rec.stores.sealer import DataSealer


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessOptions:
    """``local``: whether passwords open anything; ``words``: what makes a password weak here;
    ``hasher``: None: Argon2id as recommended; ``factor_roles``: who must have a second factor;
    ``ledger``: links the audit log; ``sealer``: encrypts what authenticator apps and this app
    both know; ``pins``: what hashes of PINs are sealed with."""

    enabled: bool = True
    local: bool = True
    zone: Callable[[], tzinfo] = lambda: UTC
    lifetime: Lifetime = field(default_factory=Lifetime)
    words: tuple[str, ...] = ()
    hasher: PasswordHasher | None = None
    breached: BreachedPasswords | None = None
    mark: Mark | None = None
    away: Callable[[], bool] = lambda: False
    factor_roles: frozenset[Role] = frozenset()
    sealer: Sealer = field(default_factory=Unsealed)
    ledger: Ledger | None = None
    pins: DataSealer | None = None


def open_trail(
    client: Client,
    site: str,
    clock: Clock,
    ledger: Ledger | None = None,
    sealer: Sealer | None = None,
) -> Trail:
    """The audit log's writer; with a ``ledger`` its entries are linked. ``sealer`` keeps the
    people's own keys, which seal what it tells of them."""
    return Trail(RedisAudit(client, site, ledger, PersonKeys(client, site, sealer)), clock)


def open_access(client: Client, site: str, clock: Clock, options: AccessOptions) -> Access:
    """Everything about access, kept in ``client``; nothing is asked of Redis here."""
    changes = Changes()
    accounts: ToldRecords[Account] = ToldRecords(RedisRecords(client, site, Account), changes)
    links, notes = RedisLinks(client, site), RedisNotes(client, site)
    trail = open_trail(client, site, clock, options.ledger, options.sealer)
    counters = RedisCounters(client, site)
    throttle = Throttle(counters)
    attempts = Attempts(RedisAttempts(client, site))
    known = KnownBrowsers(lambda: signing_key(client, site, new_secret()), clock)
    # Strangers hash in threads of their own: they keep nobody who is in from what needs a hash.
    passwords = Passwords(options.words, options.hasher, options.breached)
    proof = Proof(
        accounts=accounts, passwords=passwords.beside(), attempts=attempts, known=known,
        trail=trail,
    )  # fmt: skip
    external = ExternalAccounts(accounts, trail, clock)
    step_up = StepUp(clock)
    factors = _second_factor(
        client, site, clock, options, throttle=throttle, trail=trail, step_up=step_up
    )
    once: OnceStore[HalfSession] = RedisOnce(client, site, HalfSession)
    sessions = ToldSessions(RedisSessions(client, site), changes)
    door = Door(
        accounts=accounts, sessions=sessions, links=links, notes=notes,
        passwords=passwords, proof=proof, external=external, known=known, throttle=throttle,
        trail=trail, clock=clock, lifetime=options.lifetime, local=options.local,
        halves=HalfSessions(once, accounts, clock), factors=factors, mark=options.mark,
    )  # fmt: skip
    kiosks = Kiosks(
        devices=ToldRecords(RedisRecords(client, site, Device), changes), links=links, notes=notes,
        throttle=throttle, trail=trail, clock=clock, demand=step_up.demand,
    )  # fmt: skip
    recorded: ToldRecords[Token] = ToldRecords(RedisRecords(client, site, Token), changes)
    tokens = Tokens(recorded, notes, trail, clock, step_up.demand)
    identify = Identify(door, kiosks, tokens, clock, options.away)
    changes.listen(identify.forget)
    staff = Staff(
        accounts=accounts,
        notes=notes,
        passwords=passwords,
        attempts=attempts,
        trail=trail,
        clock=clock,
        demand=step_up.demand,
    )
    return Access(
        enabled=options.enabled,
        door=door,
        staff=staff,
        kiosks=kiosks,
        tokens=tokens,
        pins=Pins(RedisPins(client, site, options.pins), passwords, throttle, trail),
        identify=identify,
        changes=changes,
        tabs=Tabs(),
        files=SentFiles(),
        provider_sessions=ProviderSessions(accounts, sessions, counters, trail),
        own_sessions=OwnSessions(
            accounts=accounts,
            sessions=sessions,
            notes=notes,
            trail=trail,
            step_up=step_up,
            clock=clock,
        ),
        proofs=DeviceProofs(clock),
        audit=trail,
        factors=factors,
        step_up=step_up,
        confirm=Confirmation(door, staff, factors, trail),
        clock=clock,
        zone=options.zone,
        signing_key=lambda: signing_key(client, site, new_secret()),
    )


def _second_factor(
    client: Client,
    site: str,
    clock: Clock,
    options: AccessOptions,
    *,
    throttle: Throttle,
    trail: Trail,
    step_up: StepUp,
) -> SecondFactor:
    factors: RedisRecords[Factors] = RedisRecords(client, site, Factors)
    handles: RedisRecords[Handle] = RedisRecords(client, site, Handle)
    book = FactorBook(factors, handles)
    ceremonies = Ceremonies(RedisOnce(client, site, Ceremony))
    return SecondFactor(
        book=book, app=AppCodes(book, ceremonies, options.sealer, clock),
        passkeys=Passkeys(book, ceremonies, clock), throttle=throttle, trail=trail,
        step_up=step_up, roles=options.factor_roles,
    )  # fmt: skip

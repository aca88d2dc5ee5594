"""Access control over its stores in Redis: accounts, devices, sessions, factors, the audit log."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta, tzinfo

from argon2 import PasswordHasher

from config import Settings
from face_rec.access.accounts.account import Account
from face_rec.access.accounts.accounts import Accounts
from face_rec.access.accounts.breached import BreachedPasswords
from face_rec.access.accounts.founding import Mark
from face_rec.access.accounts.known_browsers import KnownBrowsers
from face_rec.access.accounts.passwords import Passwords
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.changes import Changes
from face_rec.access.control.access_control import Access
from face_rec.access.control.tabs import SentFiles, Tabs
from face_rec.access.devices.badge import Badge, BadgeKey
from face_rec.access.devices.badges import Badges, digests_with
from face_rec.access.devices.credentials import Token
from face_rec.access.devices.device import Device, DeviceProofs
from face_rec.access.devices.devices import Devices
from face_rec.access.devices.pins import Pins
from face_rec.access.devices.tokens import Tokens
from face_rec.access.factors.app_codes import AppCodes
from face_rec.access.factors.ceremony import Ceremonies, Ceremony
from face_rec.access.factors.factor_store import FactorStore
from face_rec.access.factors.factors import Factors, Handle
from face_rec.access.factors.passkeys import Passkeys
from face_rec.access.factors.second_factor import SecondFactor
from face_rec.access.factors.step_up import StepUp
from face_rec.access.limits.attempts import Attempts
from face_rec.access.limits.own_pins import OwnPinPace
from face_rec.access.limits.throttle import Throttle
from face_rec.access.rights import Role
from face_rec.access.secrets import new_secret
from face_rec.access.signin.authenticator import Authenticator
from face_rec.access.signin.confirm import Confirmation
from face_rec.access.signin.external import ExternalAccounts
from face_rec.access.signin.half_session import HalfSessions
from face_rec.access.signin.own_sessions import OwnSessions
from face_rec.access.signin.own_sign_in import OwnSignIn
from face_rec.access.signin.proof import Proof
from face_rec.access.signin.provider_sessions import ProviderSessions
from face_rec.access.signin.session import HalfSession, Lifetime
from face_rec.access.signin.sign_in import SignInService
from face_rec.access.storage import OnceStore
from face_rec.assembly.storage.own_links import open_own_links
from face_rec.assembly.storage.sealing import badge_secrets, open_pin_sealer
from face_rec.clock import Clock
from face_rec.domain.site.own_ways import OwnWay, ways_in
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.protocols.people_store import PeopleReader
from face_rec.protocols.sealing import Sealer
from face_rec.site_options import LiveOptions
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.access.records import Record, RedisAttempts, RedisRecords
from face_rec.stores.access.sessions import (
    RedisCounters,
    RedisLinks,
    RedisNotes,
    RedisOnce,
    RedisSessions,
    signing_key,
)
from face_rec.stores.chain.ledger import ADMINISTRATION, AUDIT, PEOPLE, Ledger, Streams
from face_rec.stores.people.person_codec import Unsealed
from face_rec.stores.people.person_keys import PersonKeys
from face_rec.stores.people.pins import RedisPins
from face_rec.stores.redis.client import Client
from face_rec.stores.sealing.data_keys import DataKeys
from face_rec.stores.sealing.sealer import DataSealer
from face_rec.stores.site.site_state import FileMark


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessOptions:
    """``local``: whether passwords open anything; ``words``: what makes a password weak here;
    ``hasher``: None: Argon2id as recommended; ``factor_roles``: who must have a second factor;
    ``ledger``: links the audit log; ``records``: accounts, devices and tokens; ``people``: PINs;
    ``sealer``: encrypts what authenticator apps and this app both know; ``pins``: what hashes of
    PINs are sealed with; ``badges``: the keys of badges' codes, the newest first, for which the
    default is not secret; ``badge_days``: for which badges are valid; ``registered``: who may
    look at their own attendance, in ``own_ways``; ``kiosk``: the record of a registered kiosk,
    without which no device is one."""

    enabled: bool = True
    local: bool = True
    zone: Callable[[], tzinfo] = lambda: UTC
    lifetime: Lifetime = field(default_factory=Lifetime)
    words: tuple[str, ...] = ()
    hasher: PasswordHasher | None = None
    breached: BreachedPasswords | None = None
    mark: Mark | None = None
    away: Callable[[], bool] = lambda: False
    kiosk: Callable[[str], KioskRecord | None] = lambda _: None
    badges: Sequence[bytes] = (bytes(32),)
    badge_days: Callable[[], int] = int
    factor_roles: frozenset[Role] = frozenset()
    sealer: Sealer = field(default_factory=Unsealed)
    ledger: Ledger | None = None
    records: Ledger | None = None
    people: Ledger | None = None
    pins: DataSealer | None = None
    registered: PeopleReader | None = None
    own_ways: Callable[[], frozenset[OwnWay]] = frozenset


def open_audit_log(
    client: Client,
    site: str,
    clock: Clock,
    ledger: Ledger | None = None,
    sealer: Sealer | None = None,
) -> AuditLog:
    """The audit log's writer; with a ``ledger`` its entries are linked. ``sealer`` keeps the
    people's own keys, which seal what it tells of them."""
    own = PersonKeys(client, site, sealer, ledger.kept if ledger else None)
    return AuditLog(RedisAudit(client, site, ledger, own), clock)


@dataclass(frozen=True, slots=True, eq=False)
class _Common:
    """What all parts of access are made with."""

    client: Client
    site: str
    clock: Clock
    options: AccessOptions
    audit_log: AuditLog
    throttle: Throttle
    step_up: StepUp
    links: RedisLinks
    notes: RedisNotes
    changes: Changes = field(default_factory=Changes)

    def records(self, kind: type[Record]) -> RedisRecords[Record]:
        """Whose changes are linked, and end what was open by them."""
        return RedisRecords(self.client, self.site, kind, self.changes.tell, self.options.records)


def open_access(client: Client, site: str, clock: Clock, options: AccessOptions) -> Access:
    """Everything about access, kept in ``client``; nothing is asked of Redis here."""
    counters, step_up = RedisCounters(client, site), StepUp(clock)
    audit_log = open_audit_log(client, site, clock, options.ledger, options.sealer)
    common = _Common(
        client, site, clock, options, audit_log, Throttle(counters), step_up,
        RedisLinks(client, site, options.records), RedisNotes(client, site),
    )  # fmt: skip
    changes, notes = common.changes, common.notes
    accounts = common.records(Account)
    attempts = Attempts(RedisAttempts(client, site))
    known = KnownBrowsers(lambda: signing_key(client, site, new_secret()), clock)
    passwords = Passwords(options.words, options.hasher, options.breached)
    factors = _second_factor(common)
    once: OnceStore[HalfSession] = RedisOnce(client, site, HalfSession)
    sessions = RedisSessions(client, site, changes.tell, options.records)
    # Strangers hash in threads of their own: they keep nobody who is in from what needs a hash.
    proof = Proof(
        accounts=accounts, passwords=passwords.beside(), attempts=attempts, known=known,
        audit_log=audit_log,
    )  # fmt: skip
    sign_in = SignInService(
        accounts=accounts, sessions=sessions, links=common.links, notes=notes,
        passwords=passwords, proof=proof, external=ExternalAccounts(accounts, audit_log, clock),
        known=known, throttle=common.throttle, audit_log=audit_log, clock=clock,
        lifetime=options.lifetime, local=options.local, halves=HalfSessions(once, accounts, clock),
        factors=factors, mark=options.mark,
    )  # fmt: skip
    devices = _devices(common)
    tokens = Tokens(common.records(Token), notes, audit_log, clock, step_up.demand)
    own, pins = _own_sign_in(common, sessions, known, devices)
    identify = Authenticator(
        sign_in, devices, tokens, clock, own=own, kiosk=options.kiosk, away=options.away
    )
    changes.listen(identify.forget)
    managed = Accounts(
        accounts=accounts, notes=notes, passwords=passwords, attempts=attempts,
        audit_log=audit_log, clock=clock, demand=step_up.demand,
    )  # fmt: skip
    return Access(
        enabled=options.enabled,
        sign_in=sign_in,
        accounts=managed,
        devices=devices,
        tokens=tokens,
        pins=pins,
        badges=_badges(common),
        authenticator=identify,
        changes=changes,
        tabs=Tabs(),
        captures=Tabs(),
        files=SentFiles(),
        own_sign_in=own,
        provider_sessions=ProviderSessions(
            accounts, sessions, counters, audit_log, options.registered
        ),
        own_sessions=OwnSessions(
            accounts=accounts, sessions=sessions, notes=notes, audit_log=audit_log,
            step_up=step_up, clock=clock,
        ),
        proofs=DeviceProofs(clock),
        audit=audit_log,
        factors=factors,
        step_up=step_up,
        confirm=Confirmation(sign_in, managed, factors, audit_log),
        clock=clock,
        zone=options.zone,
        kiosk=options.kiosk,
        signing_key=lambda: signing_key(client, site, new_secret()),
    )  # fmt: skip


def _devices(common: _Common) -> Devices:
    return Devices(
        devices=common.records(Device), links=common.links, notes=common.notes,
        throttle=common.throttle, audit_log=common.audit_log, clock=common.clock,
        demand=common.step_up.demand, kiosk=common.options.kiosk,
    )  # fmt: skip


def _badges(common: _Common) -> Badges:
    client, site, options = common.client, common.site, common.options
    return Badges(
        RedisRecords(client, site, Badge, ledger=options.records),
        RedisRecords(client, site, BadgeKey, ledger=options.records),
        digests=digests_with(options.badges, site), throttle=common.throttle,
        audit_log=common.audit_log, clock=common.clock, days=options.badge_days,
    )  # fmt: skip


def _own_sign_in(
    common: _Common, sessions: RedisSessions, known: KnownBrowsers, devices: Devices
) -> tuple[OwnSignIn, Pins]:
    """By which people come to their own attendance, and the PINs by which they are marked."""
    client, site, clock, options = common.client, common.site, common.clock, common.options
    throttle, audit_log = common.throttle, common.audit_log
    stored = RedisPins(client, site, options.pins, options.people)
    hashing = Passwords.of_pins(options.hasher)
    own = OwnSignIn(
        people=options.registered, sessions=sessions, throttle=throttle, audit_log=audit_log,
        links=open_own_links(client, site, clock, devices, options.kiosk, ledger=options.records),
        pins=Pins(stored, hashing.beside(), throttle, audit_log), clock=clock,
        lifetime=options.lifetime, ways=options.own_ways, known=known,
        pace=OwnPinPace(RedisAttempts(client, site)),
    )  # fmt: skip
    return own, Pins(stored, hashing, throttle, audit_log, changed=own.close_all)


def _second_factor(common: _Common) -> SecondFactor:
    client, site, clock, options = common.client, common.site, common.clock, common.options
    store = FactorStore(
        RedisRecords(client, site, Factors, ledger=options.records),
        RedisRecords(client, site, Handle, ledger=options.records),
    )
    ceremonies = Ceremonies(RedisOnce(client, site, Ceremony))
    return SecondFactor(
        store=store, app=AppCodes(store, ceremonies, options.sealer, clock),
        passkeys=Passkeys(store, ceremonies, clock), throttle=common.throttle,
        audit_log=common.audit_log, step_up=common.step_up, roles=options.factor_roles,
    )  # fmt: skip


def open_accounts(
    settings: Settings,
    streams: Streams,
    site: LiveOptions,
    data_keys: DataKeys,
    *,
    kiosk: Callable[[str], KioskRecord | None] = lambda _: None,
    registered: PeopleReader | None = None,
    away: Callable[[], bool] = lambda: False,
) -> Access:
    """Access control as the settings want it; without ``kiosk`` no device gets in, and without
    ``registered`` nobody to their own attendance."""
    idle = timedelta(minutes=settings.session_idle_minutes)
    options = AccessOptions(
        enabled=settings.accounts,
        local=settings.local_sign_in,
        lifetime=Lifetime(idle, timedelta(hours=settings.session_hours)),
        words=(settings.title, settings.site),
        breached=BreachedPasswords(settings.breach_list) if settings.breach_list else None,
        zone=lambda: site.current().timezone,
        mark=FileMark(settings.data_dir / f"accounts-of-{settings.site}"),
        away=away,
        kiosk=kiosk,
        factor_roles=frozenset(Role(name) for name in settings.second_factor_roles or ()),
        sealer=data_keys.others,
        ledger=streams.ledger(AUDIT),
        records=streams.ledger(ADMINISTRATION),
        people=streams.ledger(PEOPLE),
        registered=registered,
        own_ways=lambda: ways_in(site.current().own_page),
        pins=open_pin_sealer(settings),
        badges=badge_secrets(settings),
        badge_days=lambda: site.current().badge_days,
    )
    return open_access(streams.client, settings.site, streams.clock, options)

"""Accounts, kiosks, API tokens and the site's options: what another program changes shows."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import config
from face_rec.__main__ import main
from face_rec.access.accounts.account import Account
from face_rec.access.rights import Role, Scope
from face_rec.assembly.storage.stores import Stores, open_stores
from face_rec.clock import SystemClock
from face_rec.domain.errors import Conflict, LastOne
from face_rec.domain.groups import NO_GROUPS
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.stores.access.access_codec import decode, encode
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.chain.ledger import ADMINISTRATION, Streams
from face_rec.stores.chain.linked_hashes import LinkedHashes
from face_rec.stores.redis import access_keys, keys
from face_rec.stores.redis.client import Client
from face_rec.stores.site.site_state import RedisOptions
from face_rec.stores.verify.chain_records import AdministrationRecords
from face_rec.stores.verify.chain_report import Finding, Flaw
from tests.fakes.clock import MORNING, FakeClock
from tests.gate_app import PASSWORD
from tests.redis_servers import Server
from tests.samples import a_chain

pytestmark = pytest.mark.usefixtures("cheap_passwords")

ACCOUNTS, TOKENS = access_keys.access("main", "accounts"), access_keys.access("main", "tokens")
DEVICES, OPTIONS = access_keys.access("main", "devices"), keys.options("main")


@pytest.fixture
def site(
    redis_server: Server,
    redis_client: Client,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Stores]:
    """Two accounts, a kiosk, a token and a chosen title, as an admin makes them."""
    monkeypatch.setattr(config, "ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REDIS_HOST", "127.0.0.1")
    monkeypatch.setenv("REDIS_PORT", str(redis_server.port))
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    with ExitStack() as stack:
        stores = open_stores(config.load(dotenv=None), SystemClock(), stack)
        access = stores.access
        access.accounts.create("ada", PASSWORD, Role.ADMIN)
        access.accounts.create("bob", PASSWORD, Role.REGISTRAR)
        access.accounts.change("bob", Role.KIOSK, NO_GROUPS, active=True)
        stores.writers.rules.put(KioskRecord("door", title="Front door"))
        stores.kiosks.forget()
        access.devices.link("door")
        access.tokens.create("Payroll", frozenset({Scope.ATTENDANCE_READ}), 90, "ada")
        gone, _ = access.tokens.create("Old", frozenset({Scope.ATTENDANCE_READ}), 90, "ada")
        access.tokens.revoke(gone.id)
        stores.options.change({"title": "School"}, stores.options.version)
        stores.options.change({"title": "Our school"}, stores.options.version)
        stores.chain.copy()
        yield stores


def _found(site: Stores) -> list[Finding]:
    return [f for f in site.chain.verify().findings if f.day == ADMINISTRATION]


def test_what_admins_do_through_the_app_holds(site: Stores, redis_client: Client) -> None:
    report = site.chain.verify()
    assert report.whole, [finding.sentence() for finding in report.findings]
    assert int(redis_client.llen(keys.chain("main", ADMINISTRATION))) >= 9


def _edited(redis: Client, key: str, field: str, before: bytes, after: bytes) -> None:
    text = redis.hget(key, field)
    assert isinstance(text, bytes)
    assert before in text
    redis.hset(key, field, text.replace(before, after))


def _plant_an_admin(redis: Client) -> None:
    redis.hset(ACCOUNTS, "mallory", encode(Account(id="mallory", role=Role.ADMIN, version=1)))


def _put_a_token_of_ones_own(redis: Client) -> None:
    (stored,) = redis.hgetall(TOKENS).values()
    redis.hset(TOKENS, "mine", stored)


def _make_bob_an_admin(redis: Client) -> None:
    _edited(redis, ACCOUNTS, "bob", b'"kiosk"', b'"admin"')


ATTACKS: list[tuple[Callable[[Client], object], Flaw, str]] = [
    (_make_bob_an_admin, Flaw.EDITED, "The account bob was changed"),
    (_plant_an_admin, Flaw.INSERTED, "The account mallory was added"),
    (lambda redis: redis.hdel(ACCOUNTS, "ada"), Flaw.REMOVED, "The account ada was removed"),
    (_put_a_token_of_ones_own, Flaw.INSERTED, "The API token mine was added"),
    (lambda redis: redis.delete(TOKENS), Flaw.REMOVED, "The API token"),
    (
        lambda redis: _edited(redis, DEVICES, "door", b'"digest":null', b'"digest":"0f"'),
        Flaw.EDITED,
        "The kiosk door was changed",
    ),
    (
        lambda redis: redis.hset(OPTIONS, "title", "Theirs"),
        Flaw.EDITED,
        "The site's option title was changed",
    ),
    (
        lambda redis: redis.hset(OPTIONS, "snapshot_days", "1"),
        Flaw.INSERTED,
        "The site's option snapshot_days was added",
    ),
    (lambda redis: redis.delete(OPTIONS), Flaw.REMOVED, "The site's option title was removed"),
]


@pytest.mark.parametrize(("attack", "flaw", "words"), ATTACKS, ids=[a[2] for a in ATTACKS])
def test_what_another_program_changes_is_found_and_named(
    site: Stores,
    redis_client: Client,
    attack: Callable[[Client], object],
    flaw: Flaw,
    words: str,
) -> None:
    attack(redis_client)
    (found,) = _found(site)
    assert found.flaw is flaw
    assert words in found.detail


def test_the_command_says_it_too(
    site: Stores, redis_client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify"]) == 0
    _make_bob_an_admin(redis_client)
    assert main(["verify"]) == 1
    assert "The account bob was changed by another program" in capsys.readouterr().out


def test_an_account_that_is_put_back_to_an_older_state_shows(
    site: Stores, redis_client: Client
) -> None:
    before = redis_client.hget(ACCOUNTS, "bob")
    assert isinstance(before, bytes)
    site.access.accounts.change("bob", Role.REGISTRAR, NO_GROUPS, active=True)
    redis_client.hset(ACCOUNTS, "bob", before)
    (found,) = _found(site)
    assert found.flaw is Flaw.EDITED


# --- the store behind it


@pytest.fixture(params=["redis_client", "cluster_client"])
def client(request: pytest.FixtureRequest) -> Client:
    found: Client = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def records(client: Client) -> tuple[RedisRecords[Account], LinkedHashes]:
    ledger = Streams(client, a_chain(), FakeClock()).ledger(ADMINISTRATION)
    linked: RedisRecords[Account] = RedisRecords(client, "main", Account, ledger=ledger)
    return linked, LinkedHashes(client, "main", ledger)


def test_a_write_that_is_refused_leaves_nothing_in_the_chain(
    client: Client, records: tuple[RedisRecords[Account], LinkedHashes]
) -> None:
    accounts, _ = records
    ann = Account(id="ann", role=Role.ADMIN, created_at=MORNING)
    assert accounts.create(ann)
    before = client.llen(keys.chain("main", ADMINISTRATION))
    assert not accounts.create(ann)
    assert not accounts.create(Account(id="bob", role=Role.ADMIN), only_first=True)
    with pytest.raises(Conflict):
        accounts.update(Account(id="ann", role=Role.KIOSK, version=7))
    with pytest.raises(LastOne):
        accounts.update(
            Account(id="ann", role=Role.KIOSK, version=1), {"role": "admin", "active": True}
        )
    assert client.llen(keys.chain("main", ADMINISTRATION)) == before
    assert accounts.remove("ann")
    assert accounts.get("ann") is None


def test_records_of_before_the_chain_are_entered_once(
    client: Client, records: tuple[RedisRecords[Account], LinkedHashes]
) -> None:
    _, hashes = records
    old: RedisRecords[Account] = RedisRecords(client, "main", Account)
    old.create(Account(id="ann", role=Role.ADMIN, created_at=MORNING))
    hashes.begin()
    entries = client.llen(keys.chain("main", ADMINISTRATION))
    assert entries == 2
    hashes.begin()
    assert client.llen(keys.chain("main", ADMINISTRATION)) == entries
    stored = hashes.stored()["accounts/ann"]
    assert decode(Account, stored.encode()).role is Role.ADMIN


def test_what_was_chosen_before_and_not_again_is_gone_in_the_chain_too(
    client: Client, records: tuple[RedisRecords[Account], LinkedHashes]
) -> None:
    _, hashes = records
    ledger = Streams(client, a_chain(), FakeClock()).ledger(ADMINISTRATION)
    options = RedisOptions(client, "main", ledger)
    assert options.save({"title": "School", "cooldown": "60"}, 0)
    assert not options.save({"title": "Theirs"}, 0)
    assert options.save({"title": "Our school"}, 1)
    assert options.load().values == {"title": "Our school"}
    assert options.load().version == 2
    assert not AdministrationRecords(hashes, ledger).findings()

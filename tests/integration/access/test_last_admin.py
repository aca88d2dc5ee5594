"""Somebody who may administer is always left, whatever happens at the same moment."""

import threading
from datetime import UTC

import pytest

from face_rec.access.accounts.account import Account
from face_rec.access.accounts.accounts import Accounts
from face_rec.access.rights import Role
from face_rec.assembly.storage.access import AccessOptions, open_access
from face_rec.domain.errors import AccountRefused, LastOne
from face_rec.domain.groups import ALL_GROUPS, NO_GROUPS
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.redis.client import Client
from tests.fakes.access import CHEAP
from tests.fakes.clock import MORNING, FakeClock

AN_ADMIN = {"role": "admin", "active": True}


def _staff(client: Client) -> Accounts:
    return open_access(
        client, "main", FakeClock(), AccessOptions(zone=lambda: UTC, hasher=CHEAP)
    ).accounts


@pytest.fixture
def accounts(redis_client: Client) -> RedisRecords[Account]:
    records = RedisRecords(redis_client, "main", Account)
    for name in ("ann", "bob"):
        records.create(Account(id=name, role=Role.ADMIN, created_at=MORNING))
    return records


def _admins(accounts: RedisRecords[Account]) -> list[str]:
    return [a.id for a in accounts.all() if a.active and a.role is Role.ADMIN]


@pytest.mark.parametrize("change", [(Role.KIOSK, True), (Role.ADMIN, False)])
def test_two_admins_who_remove_each_other_at_the_same_moment_leave_one(
    redis_client: Client, accounts: RedisRecords[Account], change: tuple[Role, bool]
) -> None:
    role, active = change
    refused: list[str] = []

    def remove(name: str, start: threading.Barrier) -> None:
        staff = _staff(redis_client)
        start.wait()
        try:
            staff.change(name, role, ALL_GROUPS, active)
        except AccountRefused as error:
            refused.append(str(error))

    for _ in range(20):
        for name in ("ann", "bob"):
            _staff(redis_client).change(name, Role.ADMIN, ALL_GROUPS, True)
        refused.clear()
        start = threading.Barrier(2)
        threads = [threading.Thread(target=remove, args=(n, start)) for n in ("ann", "bob")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(_admins(accounts)) == 1
        assert len(refused) == 1
        assert "only active administrator" in refused[0]


def test_who_became_the_last_admin_between_look_and_write_stays_one(
    redis_client: Client, accounts: RedisRecords[Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one is demoted after this one was read and before it is written."""
    get = RedisRecords.get
    done: list[bool] = []

    def meanwhile(self: RedisRecords[Account], record_id: str) -> Account | None:
        found = get(self, record_id)
        if record_id == "ann" and not done:
            done.append(True)
            _staff(redis_client).change("bob", Role.MANAGER, ALL_GROUPS, True)
        return found

    monkeypatch.setattr(RedisRecords, "get", meanwhile)
    with pytest.raises(AccountRefused, match="only active administrator"):
        _staff(redis_client).change("ann", Role.KIOSK, ALL_GROUPS, True)
    assert _admins(accounts) == ["ann"]


def test_the_store_looks_at_all_records_and_passes_over_a_broken_one(
    redis_client: Client, accounts: RedisRecords[Account]
) -> None:
    redis_client.hset("access:{main}:accounts", "odd", "no json")
    ann = accounts.get("ann")
    assert ann is not None
    demoted = Account(id="ann", role=Role.KIOSK, created_at=MORNING, version=ann.version)
    written = accounts.update(demoted, AN_ADMIN)
    assert written.role is Role.KIOSK
    bob = accounts.get("bob")
    assert bob is not None
    switched_off = Account(
        id="bob", role=Role.ADMIN, active=False, created_at=MORNING, version=bob.version
    )
    with pytest.raises(LastOne):
        accounts.update(switched_off, AN_ADMIN)


def test_rights_that_somebody_took_meanwhile_are_not_given_back_by_a_dialog_that_was_open(
    redis_client: Client, accounts: RedisRecords[Account]
) -> None:
    staff = _staff(redis_client)
    shown = staff.get("bob")
    staff.change("bob", Role.KIOSK, NO_GROUPS, active=True)
    with pytest.raises(AccountRefused, match="Somebody else changed this account"):
        staff.change("bob", Role.ADMIN, NO_GROUPS, active=True, seen=shown)
    assert _admins(accounts) == ["ann"]
    staff.change("bob", Role.REGISTRAR, NO_GROUPS, active=True, seen=staff.get("bob"))
    assert staff.get("bob") != shown

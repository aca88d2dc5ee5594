"""Whose people somebody may see: said outright, and nobody's where it was not said."""

import json

import pytest

from face_rec.access.accounts.account import Account
from face_rec.access.devices.device import Device
from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Role, rights_of
from face_rec.access.signin.authenticator import device_principal, user_principal
from face_rec.attendance.terms.filters import EVERYBODY, Filters
from face_rec.domain.errors import StoreError
from face_rec.domain.groups import ALL_GROUPS, NO_GROUPS, Groups, only
from face_rec.domain.people import Person
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.stores.access.access_codec import decode, encode
from pages.ui.frame.identity import NOBODY
from pages.ui.frame.scope import filters

ADA = Person("s1", "E1", "Ada", "Office")


def _manager(groups: Groups) -> Principal:
    return user_principal(Account(id="m", role=Role.MANAGER, groups=groups))


@pytest.mark.parametrize(
    "principal",
    [Principal(PrincipalKind.USER, "u", "u", rights_of(Role.ADMIN)), NOBODY, _manager(NO_GROUPS),
     _manager(Groups()), user_principal(Account(id="k", role=Role.KIOSK, groups=ALL_GROUPS)),
     device_principal(Device("door"), KioskRecord("door"))],
)  # fmt: skip
def test_whom_nobody_gave_groups_sees_nobody(principal: Principal) -> None:
    assert not any(principal.sees(group) for group in ("Office", "", None))
    assert not filters(principal).takes(ADA)
    assert not filters(principal, groups=["Office"]).takes(ADA)


def test_a_filter_that_says_nothing_takes_nobody() -> None:
    assert not Filters().takes(ADA)
    assert EVERYBODY.takes(ADA)


def test_a_manager_sees_the_named_groups_and_nobody_else() -> None:
    manager = _manager(only("Office"))
    assert manager.sees("Office")
    assert not manager.sees("Shop")
    assert not manager.sees("")
    assert not manager.sees(None), "somebody erased belongs to no group any more"
    assert not filters(manager, groups=["Shop"]).takes(ADA)


def test_an_asked_for_group_never_widens_what_somebody_sees() -> None:
    assert only("Office").narrowed(["Shop"]) == NO_GROUPS
    assert only("Office").narrowed([]) == only("Office")
    assert NO_GROUPS.narrowed(["Office"]) == NO_GROUPS
    assert ALL_GROUPS.narrowed(["Office"]) == only("Office")


@pytest.mark.parametrize("groups", [ALL_GROUPS, NO_GROUPS, only("Office", "")])
def test_groups_are_stored_as_they_were_said(groups: Groups) -> None:
    account = Account(id="m", role=Role.MANAGER, groups=groups)
    assert decode(Account, encode(account)) == account


@pytest.mark.parametrize(
    ("before", "now"), [([], ALL_GROUPS), (["Office"], only("Office"))]
)  # fmt: skip
def test_accounts_of_before_mean_what_they_meant(before: list[str], now: Groups) -> None:
    stored = {**json.loads(encode(Account(id="m", role=Role.MANAGER))), "groups": before}
    assert decode(Account, json.dumps(stored)).groups == now


@pytest.mark.parametrize(
    "broken", [None, {}, {"every": True}, {"every": "yes", "named": []}, {"every": 1, "named": []},
               {"every": False, "named": "Office"}, "all"],
)  # fmt: skip
def test_groups_that_cannot_be_read_open_nothing(broken: object) -> None:
    stored = {**json.loads(encode(Account(id="m", role=Role.MANAGER))), "groups": broken}
    with pytest.raises(StoreError):
        decode(Account, json.dumps(stored))


def test_an_account_without_a_word_about_groups_sees_nobody() -> None:
    stored = json.loads(encode(Account(id="m", role=Role.MANAGER, groups=ALL_GROUPS)))
    del stored["groups"]
    assert decode(Account, json.dumps(stored)).groups == NO_GROUPS

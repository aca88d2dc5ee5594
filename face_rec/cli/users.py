"""``users``: accounts from the command line, for the first one and for who is locked out."""

import argparse
import getpass
import sys
from collections.abc import Callable

import config
from face_rec import assembly
from face_rec.access.accounts.account import Account, account_name
from face_rec.access.audit import actor
from face_rec.access.audit.actor import Actor
from face_rec.access.control.access_control import Access
from face_rec.access.rights import ACCOUNT_ROLES, Role
from face_rec.domain.errors import AccountRefused, PasswordRefused
from face_rec.domain.groups import ALL_GROUPS

_Work = Callable[[Access, argparse.Namespace], None]
_Run = Callable[[argparse.Namespace], int]


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    command = subparsers.add_parser("users", help="list, add and change accounts")
    actions = command.add_subparsers(title="actions", required=True, metavar="ACTION")
    adding = actions.add_parser("add", help="add an account; asks for the password")
    adding.add_argument("name")
    adding.add_argument(
        "--role", choices=[role.value for role in ACCOUNT_ROLES], default="manager"
    )
    adding.add_argument("--group", action="append", default=[], metavar="GROUP",
                        help="a manager or HR of this group only; may be repeated")  # fmt: skip
    adding.set_defaults(run=_with_access(_add))
    password = actions.add_parser("passwd", help="set a new password; ends all sign-ins")
    password.add_argument("name")
    password.set_defaults(run=_with_access(_password))
    reset = actions.add_parser(
        "reset-factor", help="take away a lost second factor; ends all sign-ins"
    )
    reset.add_argument("name")
    reset.set_defaults(run=_with_access(_reset_factor))
    for word, help_text, work in (
        ("disable", "switch an account off; ends all sign-ins", _disable),
        ("enable", "switch an account on again", _enable),
        ("unlock", "forget wrong tries, so that nobody has to wait for the next", _unlock),
    ):
        switch = actions.add_parser(word, help=help_text)
        switch.add_argument("name")
        switch.set_defaults(run=_with_access(work))
    actions.add_parser("list", help="list all accounts").set_defaults(run=_with_access(_list))


def _with_access(work: _Work) -> _Run:
    def run(options: argparse.Namespace) -> int:
        who = Actor(getpass.getuser(), "command")
        with assembly.build_access(config.load()) as access, actor.acting(who):
            work(access, options)
        return 0

    return run


def _add(access: Access, options: argparse.Namespace) -> None:
    account_name(options.name)  # before the password is asked for
    role, groups = Role(options.role), ALL_GROUPS.narrowed(options.group)
    account = access.accounts.create(options.name, _ask(), role, groups)
    print(f"{account.id} can sign in as {account.role}.")


def _password(access: Access, options: argparse.Namespace) -> None:
    account = _found(access, options.name)
    access.accounts.set_password(account.id, _ask())
    print(f"{account.id} has a new password; all sign-ins were ended.")


def _reset_factor(access: Access, options: argparse.Namespace) -> None:
    account = _found(access, options.name)
    access.factors.reset(account.id)
    access.sign_in.sign_out_everywhere(account.id)
    print(f"{account.id} has no second factor any more; all sign-ins were ended.")
    if access.factors.required(account.role):
        print("The next sign-in leads through setting one up, as SECOND_FACTOR_ROLES asks.")


def _disable(access: Access, options: argparse.Namespace) -> None:
    account = _found(access, options.name)
    access.accounts.change(account.id, account.role, account.groups, active=False)
    print(f"{account.id} cannot sign in any more; open pages close within seconds.")


def _enable(access: Access, options: argparse.Namespace) -> None:
    account = _found(access, options.name)
    access.accounts.change(account.id, account.role, account.groups, active=True)
    print(f"{account.id} can sign in again.")


def _unlock(access: Access, options: argparse.Namespace) -> None:
    account = _found(access, options.name)
    access.accounts.unlock(account.id)
    print(f"The wrong tries at {account.id} are forgotten; the next one is allowed at once.")


def _list(access: Access, _: argparse.Namespace) -> None:
    seen = access.accounts.sign_ins()
    for account in access.accounts.all():
        last = seen.get(account.id)
        state = "" if account.active else "  (switched off)"
        when = f"{last:%Y-%m-%d %H:%M} UTC" if last else "never"
        print(f"{account.id:<32} {account.role:<10} last sign-in: {when}{state}")


def _found(access: Access, typed: str) -> Account:
    name = account_name(typed)
    for account in access.accounts.all():
        if account.id == name:
            return account
    raise AccountRefused(f"There is no account {name}. See: python -m face_rec users list")


def _ask() -> str:
    """The password, typed twice; or one line where the input is no terminal."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != first:
        raise PasswordRefused("The two passwords differ. Nothing was changed.")
    return first

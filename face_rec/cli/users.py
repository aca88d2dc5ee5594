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
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.terminal.columns import padded
from face_rec.terminal.words import said

_Work = Callable[[Access, argparse.Namespace], None]
_Run = Callable[[argparse.Namespace], int]


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    command = subparsers.add_parser("users", help=said("list, add and change accounts"))
    actions = command.add_subparsers(title=said("actions"), required=True, metavar="ACTION")
    adding = actions.add_parser("add", help=said("add an account; asks for the password"))
    adding.add_argument("name")
    adding.add_argument(
        "--role", choices=[role.value for role in ACCOUNT_ROLES], default="manager"
    )
    adding.add_argument(
        "--group",
        action="append",
        default=[],
        metavar="GROUP",
        help=said("a manager or HR of this group only; may be repeated"),
    )
    adding.set_defaults(run=_with_access(_add))
    password = actions.add_parser("passwd", help=said("set a new password; ends all sign-ins"))
    password.add_argument("name")
    password.set_defaults(run=_with_access(_password))
    reset = actions.add_parser(
        "reset-factor", help=said("take away a lost second factor; ends all sign-ins")
    )
    reset.add_argument("name")
    reset.set_defaults(run=_with_access(_reset_factor))
    for word, help_text, work in (
        ("disable", said("switch an account off; ends all sign-ins"), _disable),
        ("enable", said("switch an account on again"), _enable),
        ("unlock", said("forget wrong tries, so that nobody has to wait for the next"), _unlock),
    ):
        switch = actions.add_parser(word, help=help_text)
        switch.add_argument("name")
        switch.set_defaults(run=_with_access(work))
    actions.add_parser("list", help=said("list all accounts")).set_defaults(
        run=_with_access(_list)
    )


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
    print(said("{name} can sign in as {role}.", name=account.id, role=account.role))


def _password(access: Access, options: argparse.Namespace) -> None:
    account = _found(access, options.name)
    access.accounts.set_password(account.id, _ask())
    print(said("{name} has a new password; all sign-ins were ended.", name=account.id))


def _reset_factor(access: Access, options: argparse.Namespace) -> None:
    account = _found(access, options.name)
    access.factors.reset(account.id)
    access.sign_in.sign_out_everywhere(account.id)
    print(said("{name} has no second factor any more; all sign-ins were ended.", name=account.id))
    if access.factors.required(account.role):
        print(said("The next sign-in leads through setting one up, as SECOND_FACTOR_ROLES asks."))


def _disable(access: Access, options: argparse.Namespace) -> None:
    account = _found(access, options.name)
    access.accounts.change(account.id, account.role, account.groups, active=False)
    print(
        said("{name} cannot sign in any more; open pages close within seconds.", name=account.id)
    )


def _enable(access: Access, options: argparse.Namespace) -> None:
    account = _found(access, options.name)
    access.accounts.change(account.id, account.role, account.groups, active=True)
    print(said("{name} can sign in again.", name=account.id))


def _unlock(access: Access, options: argparse.Namespace) -> None:
    account = _found(access, options.name)
    access.accounts.unlock(account.id)
    print(
        said(
            "The wrong tries at {name} are forgotten; the next one is allowed at once.",
            name=account.id,
        )
    )


def _list(access: Access, _: argparse.Namespace) -> None:
    seen = access.accounts.sign_ins()
    for account in access.accounts.all():
        last = seen.get(account.id)
        state = "" if account.active else f"  ({said('switched off')})"
        when = f"{last:%Y-%m-%d %H:%M} UTC" if last else said("never")
        signed = said("last sign-in: {when}", when=when)
        print(f"{padded(account.id, 32)} {account.role:<10} {signed}{state}")


def _found(access: Access, typed: str) -> Account:
    name = account_name(typed)
    for account in access.accounts.all():
        if account.id == name:
            return account
    raise AccountRefused(
        sentence("There is no account {name}. See: python -m face_rec users list", name=name)
    )


def _ask() -> str:
    """The password, typed twice; or one line where the input is no terminal."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(said("Password: "))
    if getpass.getpass(said("Again: ")) != first:
        raise PasswordRefused(msgid("The two passwords differ. Nothing was changed."))
    return first

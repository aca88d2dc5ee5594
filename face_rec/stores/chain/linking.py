"""What one step writes beside its link: a script with its arguments, or commands and a guard."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from face_rec.stores.redis.client import Client
from face_rec.stores.redis.lua import Argument, Script

LINKED: Final = Script("linked")
"""Does commands and links them; see :func:`commands_linked`."""
DONE: Final = b"done"
MOVED: Final = b"moved"
WRITTEN: Final = {DONE, b"ok"}
"""What scripts answer first: that they have written, or that the list ends elsewhere by now."""
_GUARDED: Final = 3  # arguments of a guard, before those of the commands
_REMOVALS: Final = {"DEL", "HDEL", "XDEL"}


@dataclass(frozen=True, slots=True)
class Command:
    """One write: ``words`` are the command's name and what follows its key."""

    key: str
    words: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Guard:
    """The writes are done only while ``field`` of the hash ``key`` has ``value``. ``again``: also
    when Redis has lost them and they are offered again."""

    key: str
    field: str
    value: str | bytes
    again: bool = True


def or_earlier(version: int) -> int | str:
    """``version`` of a record, as it is expected where its write is offered again: what that was
    made over may have been a change of which nobody was told, and which is lost for good."""
    return f"<={version}" if version else 0


def or_none(version: int) -> str:
    """The same of a record whose name is never given again: it is written whole also where there
    is none, for a machine that made it may be gone, or have had to forget what it kept of it."""
    return f"0<={version}"


def or_any(expected: Argument) -> Argument | None:
    """What :func:`or_earlier` or :func:`or_none` said, where the version that stands is known to
    be older than this write, whatever its number; None for what is none of it, and for the first
    write of a name that is never given again: whatever stands is later."""
    if expected == or_none(0):
        return None
    text = str(expected).removeprefix("0<=").removeprefix("<=")
    return f">{text}" if text.isdecimal() else None


@dataclass(frozen=True, slots=True)
class Linking:
    """A script that writes and links: its arguments stand ``before`` and ``after`` the link.

    ``about``: the subjects whose data are in them, and names of records that hold some;
    ``erases``: of which of these nothing stays kept that was written before; ``removes``: whether
    all it does is take something away. ``again``: what stands before and behind the link where
    Redis has lost it and it is offered again; None: the same. ``apart``: the first commands are of
    one record each, in the order in which the entry names them, and any may be done without the
    others. ``knows_again``: the script answers a write that it has done, and that the client sends
    again because the answer was lost, as it did before.
    """

    script: Script
    keys: Sequence[str]
    before: Sequence[Argument] = ()
    after: Sequence[Argument] = ()
    about: Sequence[str] = ()
    erases: str = ""
    removes: bool = False
    again: tuple[Sequence[Argument], Sequence[Argument]] | None = None
    apart: bool = False
    knows_again: bool = False

    def run(self, client: Client, link: Sequence[Argument]) -> Any:  # noqa: ANN401
        return self.script.run(client, self.keys, [*self.before, *link, *self.after])


def commands_linked(
    chain_keys: Sequence[str],
    commands: Sequence[Command],
    guard: Guard | None,
    about: Sequence[str] = (),
    erases: str = "",
    *,
    apart: bool = False,
) -> Linking:
    """``commands``, done while ``guard`` allows it; ``chain_keys``: list and head."""
    written = list(dict.fromkeys([*([guard.key] if guard else []), *(c.key for c in commands)]))
    words = _words(commands, written)
    again = guard if guard and guard.again else None
    removes = bool(commands) and all(one.words[0] in _REMOVALS for one in commands)
    return Linking(
        LINKED, [*chain_keys, *written], after=[*_guarded(guard, written), *words], about=about,
        erases=erases, removes=removes,
        again=((), [*_guarded(again, written), *words]), apart=apart,
    )  # fmt: skip


def commands_but(after: Sequence[Argument], left_out: Collection[int]) -> list[Argument]:
    """What stands behind the link of commands, without those of these places."""
    found, at, place = list(after[:_GUARDED]), _GUARDED, 0
    while at < len(after):
        until = at + int(after[at]) + 1
        if place not in left_out:
            found += after[at:until]
        at, place = until, place + 1
    return found


def _guarded(guard: Guard | None, written: Sequence[str]) -> list[Argument]:
    if guard is None:
        return [0, "", ""]
    return [_place(guard.key, written), guard.field, guard.value]


def _words(commands: Sequence[Command], written: Sequence[str]) -> list[Argument]:
    found: list[Argument] = []
    for command in commands:
        name, *others = command.words
        found += [len(command.words) + 1, name, _place(command.key, written), *others]
    return found


def _place(key: str, written: Sequence[str]) -> int:
    return written.index(key) + 3

"""A process that is killed in the middle of what it does with Redis."""

import itertools
import os
import signal
from collections.abc import Callable
from typing import Any

from redis.connection import AbstractConnection


def killed_after(commands: int, work: Callable[[], object]) -> bool:
    """Do ``work`` in a process of its own, which gets SIGKILL once Redis has answered so many
    commands; whether it came so far. It has the memory of this one, and connections of its own."""
    child = os.fork()
    if child == 0:
        _die_after(commands)
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _die_after(commands: int) -> None:
    sent: Any = AbstractConnection.send_packed_command
    number = itertools.count(1)

    def counted(self: Any, *args: Any, **more: Any) -> None:  # noqa: ANN401 - of redis-py
        if next(number) > commands:
            os.kill(os.getpid(), signal.SIGKILL)
        sent(self, *args, **more)

    AbstractConnection.send_packed_command = counted  # type: ignore[method-assign]

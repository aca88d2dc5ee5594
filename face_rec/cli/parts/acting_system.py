"""The whole system for a command that changes people."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager

import config
from face_rec import assembly
from face_rec.access.audit import actor
from face_rec.access.audit.actor import Actor


@contextmanager
def built() -> "Iterator[assembly.System]":
    """The system, with whoever typed the command in the audit log."""
    who = Actor(getpass.getuser(), "command")
    with assembly.build(config.load()) as system, actor.acting(who):
        yield system

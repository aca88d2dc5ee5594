"""Builds the system from the settings: the one place where everything meets.

``app`` builds all of it, ``commands`` what a command needs (and ``drill`` there what tries a
backup out), ``storage`` what all rest on; ``models``, ``people`` and ``attendance`` open what is
kept of each, ``recognition`` what recognises and marks; ``system`` says what was built and what
each façade shows of it, ``site`` what pages may know of the settings, ``health`` and ``watches``
what is looked at, ``notices`` whom it tells; ``web`` puts routes and the gate in front, and takes
over from the process that served before.

What is named here is loaded once it is asked for: a command that makes a backup does not wait for
models, cameras, reports and web pages, which take seconds.
"""

import gc
from importlib import import_module
from typing import TYPE_CHECKING, Final

from face_rec import LOADED_COLLECTS, LOADING_COLLECTS

if TYPE_CHECKING:
    from face_rec.assembly.app import build
    from face_rec.assembly.commands.commands import (
        build_access,
        build_attendance,
        build_attendance_stores,
        build_backups,
        build_chain,
        build_data_keys,
        build_redis,
        build_reports,
        build_snapshots,
        forget_kept_writes,
        has_accounts,
    )
    from face_rec.assembly.commands.data_commands import build_export, build_privacy
    from face_rec.assembly.commands.drill import Tried, try_restore
    from face_rec.assembly.models.model_commands import (
        build_model_change,
        build_models,
        build_own_people,
    )
    from face_rec.assembly.models.vectors import vectors_now
    from face_rec.assembly.storage.redis_connection import redis_address
    from face_rec.assembly.storage.snapshots import backup_place
    from face_rec.assembly.system import System, install
    from face_rec.assembly.web.admitted import owner_of_page
    from face_rec.assembly.web.handover import Handover, server_of
    from face_rec.assembly.web.serving import middleware, routes, serve_bounded

__all__ = [
    "Handover",
    "System",
    "Tried",
    "backup_place",
    "build",
    "build_access",
    "build_attendance",
    "build_attendance_stores",
    "build_backups",
    "build_chain",
    "build_data_keys",
    "build_export",
    "build_model_change",
    "build_models",
    "build_own_people",
    "build_privacy",
    "build_redis",
    "build_reports",
    "build_snapshots",
    "forget_kept_writes",
    "has_accounts",
    "install",
    "middleware",
    "owner_of_page",
    "redis_address",
    "routes",
    "serve_bounded",
    "server_of",
    "try_restore",
    "vectors_now",
]

_MODULES: Final = {
    "web.admitted": ("owner_of_page",),
    "app": ("build",),
    "commands.data_commands": ("build_export", "build_privacy"),
    "commands.drill": ("Tried", "try_restore"),
    "models.model_commands": ("build_model_change", "build_models", "build_own_people"),
    "web.handover": ("Handover", "server_of"),
    "web.serving": ("middleware", "routes", "serve_bounded"),
    "storage.redis_connection": ("redis_address",),
    "storage.snapshots": ("backup_place",),
    "system": ("System", "install"),
    "models.vectors": ("vectors_now",),
}
"""By module, what is named here of it; all the rest is of ``commands.commands``."""
_MODULE_OF: Final = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    gc.set_threshold(*LOADING_COLLECTS)
    module = import_module(f"{__name__}.{_MODULE_OF.get(name, 'commands.commands')}")
    gc.set_threshold(*LOADED_COLLECTS)
    found: object = vars(module)[name]
    globals()[name] = found
    return found

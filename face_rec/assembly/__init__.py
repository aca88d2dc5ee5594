"""Builds the system from the settings: the one place where everything meets.

``app`` builds all of it, ``commands`` what a command needs, ``drill`` what tries a backup out,
``storage`` what all rest on; ``system`` says what was built and what each façade shows of it,
``site`` what pages may know of the settings, ``health`` and ``watches`` what is looked at,
``notices`` whom it tells, ``serving`` puts routes and the gate in front, ``handover`` takes over
from the process that served before.
"""

import gc

from face_rec import LOADED_COLLECTS
from face_rec.assembly.admitted import owner_of_page
from face_rec.assembly.app import build
from face_rec.assembly.commands import (
    build_access,
    build_attendance,
    build_attendance_stores,
    build_backups,
    build_chain,
    build_data_keys,
    build_export,
    build_model_change,
    build_models,
    build_own_people,
    build_privacy,
    build_redis,
    build_snapshots,
    forget_kept_writes,
    has_accounts,
)
from face_rec.assembly.drill import Tried, try_restore
from face_rec.assembly.handover import Handover, server_of
from face_rec.assembly.serving import middleware, routes, serve_bounded
from face_rec.assembly.storage.redis_connection import redis_address
from face_rec.assembly.storage.snapshots import backup_place
from face_rec.assembly.system import System, install

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
]

gc.set_threshold(*LOADED_COLLECTS)

"""Builds the system from the settings: the one place where everything meets.

``whole`` builds all of it for the app, ``parts`` what a command needs, ``storing`` what both
rest on; ``serving`` puts routes and the gate in front.
"""

from face_rec.assembly.parts import (
    backup_place,
    build_access,
    build_backups,
    build_chain,
    build_data_keys,
    build_models,
    build_office,
    build_privacy,
    build_redis,
    build_snapshots,
    has_accounts,
)
from face_rec.assembly.serving import middleware, routes, serve_bounded
from face_rec.assembly.storing import redis_address
from face_rec.assembly.whole import build

__all__ = [
    "backup_place",
    "build",
    "build_access",
    "build_backups",
    "build_chain",
    "build_data_keys",
    "build_models",
    "build_office",
    "build_privacy",
    "build_redis",
    "build_snapshots",
    "has_accounts",
    "middleware",
    "redis_address",
    "routes",
    "serve_bounded",
]

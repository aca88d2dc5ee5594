"""Builds the system from the settings: the one place where everything meets.

``whole`` builds all of it for the app, ``parts`` what a command needs, ``storing`` what both
rest on; ``serving`` puts routes and the gate in front.
"""

from face_rec.assembly.app import build
from face_rec.assembly.commands import (
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
from face_rec.assembly.stores import redis_address

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

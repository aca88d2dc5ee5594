"""Seals the secrets of authenticator apps anew with the current data key."""

import base64
from dataclasses import replace

from face_rec.access.factors.app_codes import context
from face_rec.access.factors.factor_store import FactorBook
from face_rec.access.factors.factors import Factors, Handle
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.redis.client import Client
from face_rec.stores.sealing.sealer import DataSealer


def reseal_secrets(client: Client, site: str, sealer: DataSealer) -> int:
    """How many were sealed anew, while the app runs. Raises StoreError; run it again then."""
    factors: RedisRecords[Factors] = RedisRecords(client, site, Factors)
    handles: RedisRecords[Handle] = RedisRecords(client, site, Handle)
    book = FactorBook(factors, handles)
    old = [name for name, found in book.all().items() if _sealed(found, sealer) != found]
    for name in old:
        book.change(name, lambda found: _sealed(found, sealer))
    return len(old)


def _sealed(factors: Factors, sealer: DataSealer) -> Factors:
    """``factors`` with its secret sealed by the current key."""
    stored = base64.b64decode(factors.totp) if factors.totp else b""
    if not stored or sealer.current(stored):
        return factors
    where = context(factors.id)
    sealed = sealer.seal(sealer.open(stored, where), where)
    return replace(factors, totp=base64.b64encode(sealed).decode("ascii"))

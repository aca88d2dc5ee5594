"""Each store of the app that writes what somebody sees confirmed has the ledger by which it is
kept."""

import gc
from contextlib import ExitStack

from face_rec.assembly.storage.stores import open_stores
from face_rec.clock import SystemClock
from face_rec.stores.access import records
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.access.sessions import RedisLinks, RedisOnce, RedisSessions
from face_rec.stores.chain.ledger import Ledger
from face_rec.stores.invitations.waiting_faces import RedisWaitingFaces
from face_rec.stores.strangers.stranger_store import RedisStrangers
from tests.integration.conftest import SettingsFrom

_OTHERS = (RedisSessions, RedisLinks, RedisWaitingFaces, RedisStrangers)
_OF_A_MOMENT = {"ceremony", "halfsession"}
"""What waits for one answer of who stands there."""


def test_every_record_that_the_app_writes_is_linked_and_kept(settings_from: SettingsFrom) -> None:
    with ExitStack() as stack:
        stores = open_stores(settings_from(), SystemClock(), stack)
        mine = [one for one in gc.get_objects() if getattr(one, "_client", None) is stores.client]
        kinds = [one for one in mine if isinstance(one, RedisRecords)]
        assert {one._kind for one in kinds} == set(records._NAMES)
        others = [one for one in mine if isinstance(one, _OTHERS)]
        assert {type(one) for one in others} == set(_OTHERS)
        once = [one for one in mine if isinstance(one, RedisOnce)]
        kept = [one for one in once if one._kind.__name__.lower() not in _OF_A_MOMENT]
        assert (len(once), len(kept)) == (3, 1)
        for one in (*kinds, *others, *kept):
            assert isinstance(one._ledger, Ledger), one
            assert one._ledger.kept

"""Key names: one slot for what one script touches, and no user text in any of them."""

from datetime import date

import pytest
from redis.crc import key_slot

from face_rec.domain.errors import PeopleError
from face_rec.stores.redis import keys

DAY = date(2025, 3, 10)


def test_all_keys_of_a_site_share_one_slot() -> None:
    names = [keys.person("main", "abc"), keys.ids("main"), keys.revision("main")]
    assert len({key_slot(name.encode()) for name in [*names, keys.changes("main")]}) == 1


def test_all_keys_of_a_day_share_one_slot_and_days_are_spread() -> None:
    names = [keys.attendance, keys.seen, keys.last]
    assert len({key_slot(name("main", DAY).encode()) for name in names}) == 1
    days = [keys.attendance("main", date(2025, 3, n)) for n in range(1, 31)]
    assert len({key_slot(name.encode()) for name in days}) > 20


def test_no_two_things_share_a_key() -> None:
    of_site = [keys.person("m", "s"), keys.ids("m"), keys.revision("m"), keys.changes("m")]
    of_day = [keys.attendance("m", DAY), keys.seen("m", DAY), keys.last("m", DAY)]
    assert len(set(of_site + of_day)) == 7
    assert keys.seen("m", DAY) == "seen:{m|2025-03-10}"
    assert keys.person("m", "s") == "person:{m}:s"


def test_each_template_slot_has_a_field_of_its_own() -> None:
    assert len(set(keys.VECTORS)) == keys.MAX_TEMPLATES == 20


def test_ids_that_look_the_same_are_indexed_the_same() -> None:
    assert keys.indexed("Jose\u0301") == keys.indexed("Jos\u00e9")
    assert keys.indexed("a") != keys.indexed("A")


def test_an_id_that_is_not_valid_text_is_refused() -> None:
    with pytest.raises(PeopleError, match="Type it again"):
        keys.indexed("\udc80")

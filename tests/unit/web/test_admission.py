"""How much one sign-in may have open and under way."""

from collections.abc import Mapping
from contextlib import ExitStack

import pytest

from face_rec.access.principal import THIS_COMPUTER, Principal, PrincipalKind
from face_rec.access.rights import Right, Role, rights_of
from face_rec.web.base.uploads import LARGEST_BODY
from face_rec.web.gate import admission
from face_rec.web.gate.admission import (
    BUSY,
    MOST_OF_ONE,
    MOST_OTHERS,
    RESERVE,
    TOO_MANY,
    Admission,
    account,
    memory,
)
from face_rec.web.gate.shedding import LOOKS, Overload, Shed

GB = 2**30


def user(name: str, sign_in: str = "one", role: Role = Role.MANAGER) -> Principal:
    return Principal(PrincipalKind.USER, name, name, rights_of(role), sign_in=sign_in)


MAX, ADA = user("max"), user("ada", role=Role.ADMIN)
DOOR = Principal(PrincipalKind.DEVICE, "d1", "door", frozenset({Right.KIOSK}), kiosk="door")


def loaded(late: float) -> Overload:
    load = Overload()
    for _ in range(LOOKS):
        load.note(late)
    return load


CALM, BUSY_LOAD = loaded(0.0), loaded(0.3)


def opened(admit: Admission, who: Principal, number: int, stack: ExitStack) -> None:
    for _ in range(number):
        stack.enter_context(admit.counted(who, page=True))


def test_one_sign_in_more_than_it_may_is_told_so_and_another_one_of_the_same_person_is_not() -> (
    None
):
    admit = Admission(lambda: CALM)
    with ExitStack() as stack:
        opened(admit, MAX, MOST_OTHERS, stack)
        assert admit.page(MAX) is TOO_MANY
        assert not admit.socket(MAX, page=False, back=True)
        assert admit.page(user("max", "two")) is None
        assert admit.page(ADA) is None
    assert admit.page(MAX) is None


def test_who_signs_in_again_and_again_leaves_pages_for_others() -> None:
    admit = Admission(lambda: CALM)
    with ExitStack() as stack:
        for number in range(MOST_OF_ONE):
            opened(admit, user("max", f"{number}"), 1, stack)
        again = user("max", "once more")
        assert admit.page(again) is TOO_MANY
        assert not admit.socket(again, page=True, back=False)
        assert admit.socket(again, page=True, back=True), "what is open already is not lost"
        assert admit.page(user("eve")) is None
    assert admit.page(MAX) is None


def test_pages_wait_while_the_system_is_busy_and_whoever_may_see_why_gets_in() -> None:
    admit = Admission(lambda: BUSY_LOAD)
    assert admit.page(MAX) is BUSY
    assert admit.page(ADA) is None
    with ExitStack() as stack:
        opened(admit, ADA, RESERVE, stack)
        assert admit.page(ADA) is BUSY


def test_a_page_that_is_open_comes_back_and_a_live_line_is_no_page() -> None:
    admit = Admission(lambda: BUSY_LOAD)
    assert admit.socket(MAX, page=True, back=True)
    assert not admit.socket(MAX, page=True, back=False)
    assert admit.socket(MAX, page=False, back=False)


def test_a_kiosk_s_page_never_waits_for_the_load() -> None:
    admit = Admission(lambda: loaded(10.0))
    assert admit.page(DOOR) is None
    assert admit.page(user("tablet", role=Role.KIOSK)) is None


def test_in_all_no_more_pages_are_drawn_than_the_process_has_files_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admission, "MOST_PAGES", 3)
    admit = Admission(lambda: CALM)
    with ExitStack() as stack:
        opened(admit, DOOR, 5, stack)  # kiosks are not counted
        assert admit.page(MAX) is None
        for number in range(3):
            opened(admit, user(f"u{number}"), 1, stack)
        assert admit.page(MAX) is BUSY
        assert admit.page(ADA) is None
        assert admit.page(DOOR) is None
    assert admit.page(MAX) is None


def test_programs_wait_with_the_pages() -> None:
    assert Admission(lambda: BUSY_LOAD).program() is BUSY
    assert Admission(lambda: CALM).program() is None


# --- uploads


def holding(kept: Mapping[Principal, int], room: int = 4 * GB) -> Admission:
    return Admission(
        lambda: CALM, lambda: {account(who): size for who, size in kept.items()}, room
    )


def test_what_is_under_way_and_what_pages_hold_count_together() -> None:
    admit = holding({MAX: GB})
    assert admit.upload(MAX, GB) is None
    with admit.uploading(MAX, GB):
        full = admit.upload(MAX, 1)
        assert full is not None
        assert full.status == 429
        assert "1,024 MB" in full.text
        assert admit.upload(ADA, GB) is None
    assert admit.upload(MAX, GB) is None


def test_with_nothing_kept_the_words_are_of_what_is_under_way() -> None:
    admit = holding({})
    with admit.uploading(MAX, 2 * GB):
        full = admit.upload(MAX, 1)
    assert full is not None
    assert "when that has arrived" in full.text


def test_who_signs_in_again_has_no_more_room_for_uploads() -> None:
    admit = holding({MAX: GB})
    with admit.uploading(user("max", "two"), GB):
        assert admit.upload(user("max", "three"), 1) is not None
        assert admit.upload(user("eve"), GB) is None


def test_all_together_have_a_bound_too() -> None:
    admit = holding({user(f"u{number}"): GB for number in range(4)})
    assert admit.upload(MAX, 1) is BUSY


def test_one_file_of_the_largest_fits_on_the_smallest_machine() -> None:
    admit = holding({}, room=1)
    assert admit.upload(MAX, LARGEST_BODY) is None
    with admit.uploading(MAX, LARGEST_BODY):
        assert admit.upload(ADA, 1) is BUSY
    assert admit.upload(ADA, LARGEST_BODY) is None


def test_an_upload_that_breaks_off_is_counted_no_more() -> None:
    admit = holding({})
    with pytest.raises(OSError, match="gone"), admit.uploading(MAX, 2 * GB):
        raise OSError("gone")
    assert admit.upload(MAX, 2 * GB) is None


def test_what_is_small_or_nobody_s_is_not_counted() -> None:
    admit = holding({})
    with admit.uploading(None, 5 * GB), admit.uploading(THIS_COMPUTER, 0):
        assert admit.upload(MAX, GB) is None


def test_the_machine_tells_its_memory() -> None:
    assert memory() > GB // 4


def test_what_gives_way_is_counted_once_for_each_that_waits() -> None:
    load = loaded(0.3)
    Admission(lambda: load).page(MAX)
    assert load.turned_away()[Shed.PAGES] == 1

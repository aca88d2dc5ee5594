"""/healthz says that the process lives, /readyz whether it can work and what to do if not."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from face_rec import __version__
from face_rec.background import Status
from face_rec.domain.health import Check, HealthCheck
from face_rec.stores.vectors.agreements import Agreement, agreement_check
from face_rec.stores.verify.chain_report import WitnessStatus
from face_rec.stores.verify.daily_check import chain_check
from face_rec.web.ops import checks, gallery_checks, machine_checks
from face_rec.web.ops.health import Health, routes
from tests.fakes.clock import FakeClock

GOOD = HealthCheck("one", ok=True, detail="fine")
WARNING = HealthCheck("two", ok=True, detail="so so", advice="look after it", warning=True)
BAD = HealthCheck("three", ok=False, detail="broken", advice="mend it", extra={"since": "noon"})


def _health(*results: HealthCheck) -> Health:
    return Health([_always(result) for result in results], FakeClock())


def _always(result: HealthCheck) -> Check:
    return lambda: result


def _client(health: Health | None) -> TestClient:
    return TestClient(Starlette(routes=routes(lambda: health)))


def _breaks() -> HealthCheck:
    raise ValueError("password=hunter2")


def test_the_process_is_well_however_bad_its_parts_are() -> None:
    answer = _client(_health(BAD)).get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "version": __version__}
    assert answer.headers["cache-control"] == "no-store"


def test_warnings_do_not_make_the_app_unready() -> None:
    answer = _client(_health(GOOD, WARNING)).get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ready"
    assert answer.json()["checks"][1] == {
        "name": "two", "ok": True, "warning": True, "detail": "so so", "advice": "look after it",
    }  # fmt: skip


def test_while_it_leaves_it_is_not_ready_and_says_so_to_everybody() -> None:
    leaving = TestClient(Starlette(routes=routes(lambda: _health(GOOD), lambda: True)))
    answer = leaving.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "draining")
    assert "still answers" in answer.json()["detail"]
    assert answer.headers["cache-control"] == "no-store"
    assert leaving.get("/healthz").status_code == 200


def test_one_failed_check_makes_the_app_unready_and_says_what_to_do() -> None:
    answer = _client(_health(GOOD, BAD)).get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "not ready"
    assert answer.json()["checks"][1]["advice"] == "mend it"
    assert answer.json()["checks"][1]["extra"] == {"since": "noon"}


def test_a_check_that_breaks_counts_as_failed_and_tells_no_secret() -> None:
    answer = _client(Health([_breaks], FakeClock())).get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"][0]["name"] == "_breaks"
    assert "hunter2" not in answer.text


def test_before_the_system_is_built_the_app_lives_and_is_not_ready() -> None:
    client = _client(None)
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "starting")


def test_only_reading_is_allowed() -> None:
    assert _client(_health(GOOD)).post("/readyz").status_code == 405


def test_many_askers_cause_one_check_a_moment() -> None:
    asked, clock = [], FakeClock()

    def check() -> HealthCheck:
        asked.append(1)
        return GOOD

    health = Health([check], clock, keep=2.0)
    for _ in range(5):
        health.results()
    assert len(asked) == 1
    clock.advance(2.0)
    assert health.ready
    assert len(asked) == 2


def test_problems_are_listed_worst_first() -> None:
    assert _health(GOOD, WARNING, BAD).problems() == (BAD, WARNING)


# --- ready-made checks -------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """Any status: what a check looks at is set, the rest is as when all is well."""

    state: str = "ready"
    message: str = "Install a pack on the Models page."
    pack: str = "buffalo_l"
    provider: str = "cpu"
    ready: bool = True
    people: int = 12
    error: str = ""
    pending: int = 0
    dropped: int = 0
    aside: int = 0
    problem: str = ""
    lacks_liveness: bool = False
    behind: str = ""
    behind_because: str = ""
    loading: tuple[int, int] | None = None
    blind: bool = False


def _given(part: Part) -> Callable[[], Part]:
    return lambda: part


def _unasked() -> int:
    raise AssertionError("how many are registered is asked only where nobody can be recognised")


def test_a_loaded_model_is_named_with_where_it_runs() -> None:
    result = checks.models_check(_given(Part()))()
    assert (result.ok, result.detail) == (True, "buffalo_l, on the processor")


def test_a_machine_that_cannot_follow_the_sites_switch_warns_of_it() -> None:
    result = checks.models_check(_given(Part(behind="opencv_zoo", behind_because="Install it.")))()
    assert (result.ok, result.warning) == (True, True)
    assert "the site uses opencv_zoo" in result.detail
    assert result.advice == "Install it."


@pytest.mark.parametrize("state", ["missing", "loading", "failed"])
def test_without_a_loaded_model_the_app_is_not_ready(state: str) -> None:
    result = checks.models_check(_given(Part(state=state)))()
    assert not result.ok
    assert result.advice == "Install a pack on the Models page."


def test_kiosks_that_enforce_liveness_without_its_models_are_warned_of() -> None:
    lacking, able = _given(Part(lacks_liveness=True)), _given(Part())
    result = checks.liveness_check(lambda: ["gate", "yard"], lacking)()
    assert (result.ok, result.warning) == (True, True)
    assert result.detail.startswith("gate, yard: nobody is marked by face")
    assert "models import --liveness" in result.advice
    for check in (
        checks.liveness_check(lambda: ["gate"], able), checks.liveness_check(list, lacking),
    ):  # fmt: skip
        assert not check().warning


def test_a_gallery_that_was_never_loaded_is_not_ready() -> None:
    part = Part(ready=False, error="Redis is away.")
    assert not gallery_checks.gallery_check(_given(part), _unasked)().ok


def test_a_gallery_that_is_being_loaded_says_how_far_it_is() -> None:
    part = Part(ready=False, loading=(25_000, 100_000))
    result = gallery_checks.gallery_check(_given(part), _unasked)()
    assert result.detail == "the faces of 25,000 of 100,000 people were read from the database"


def test_a_gallery_that_cannot_keep_up_warns_and_works_on() -> None:
    result = gallery_checks.gallery_check(_given(Part(error="Redis is away.")), _unasked)()
    assert (result.ok, result.warning) == (True, True)
    assert "Redis is away." in result.advice
    assert result.detail == "12 people can be recognised"


def test_a_gallery_by_which_nobody_can_be_compared_is_not_ready() -> None:
    part = Part(blind=True, error="The engine is away.", loading=(5_000, 9_000))
    result = gallery_checks.gallery_check(_given(part), _unasked)()
    assert (result.ok, result.advice) == (False, "The engine is away.")
    assert result.detail.startswith("nobody can be recognised, the faces of 5,000 of 9,000")


@pytest.mark.parametrize(
    ("registered", "advice"),
    [(0, "Register the first person"), (1, "1 person is registered"), (40, "40 people are")],
)
def test_while_nobody_can_be_recognised_it_says_what_to_do(registered: int, advice: str) -> None:
    result = gallery_checks.gallery_check(_given(Part(people=0)), lambda: registered)()
    assert (result.ok, result.warning) == (True, True), "PINs and badges go on"
    assert result.detail == "nobody can be recognised"
    assert advice in result.advice
    assert "under People" in result.advice


def test_one_audited_answer_of_a_thousand_may_differ_and_not_two() -> None:
    assert not agreement_check(lambda: None)().warning
    assert not agreement_check(lambda: Agreement(20, 19))().warning
    assert not agreement_check(lambda: Agreement(1000, 999))().warning
    said = agreement_check(lambda: Agreement(1000, 998))()
    assert said.warning
    assert said.detail == "Of the newest 1,000 audited answers 998 were exact"


def test_a_gallery_that_is_up_to_date_has_no_warning() -> None:
    assert not gallery_checks.gallery_check(_given(Part()), _unasked)().warning


def test_more_people_than_the_threshold_was_measured_for_is_a_warning() -> None:
    assert not gallery_checks.accuracy_check(lambda: 500, lambda: 500)().warning
    result = gallery_checks.accuracy_check(lambda: 501, lambda: 500)()
    assert result.ok
    assert result.warning
    assert "501" in result.detail
    assert "calibrate" in result.advice


def test_without_a_model_nothing_is_said_of_its_threshold() -> None:
    assert not gallery_checks.accuracy_check(lambda: 501, lambda: None)().warning


@pytest.mark.parametrize(
    ("pending", "problem", "ok", "warning"),
    [(0, "", True, False), (3, "", True, True), (3, "disk full", False, False)],
)
def test_the_journal_warns_when_marks_wait_and_fails_when_none_can_be_kept(
    pending: int, problem: str, ok: bool, warning: bool
) -> None:
    result = checks.journal_check(lambda: pending, lambda: problem)()
    assert (result.ok, result.warning) == (ok, warning)


def test_entries_that_were_set_aside_are_told_by_the_journal() -> None:
    result = checks.journal_check(lambda: 3, lambda: "", lambda: 2)()
    assert (result.ok, result.warning) == (True, True)
    assert "2 were set aside, 3 wait" in result.detail
    assert "quarantine" in result.advice


def test_a_snapshot_store_that_is_away_never_makes_the_app_unready() -> None:
    result = checks.snapshots_check(_given(Part(pending=5, problem="S3 is away.")))()
    assert (result.ok, result.warning, result.advice) == (True, True, "S3 is away.")


def test_pictures_that_were_set_aside_are_told() -> None:
    result = checks.snapshots_check(_given(Part(aside=2)))()
    assert (result.ok, result.warning) == (True, True)
    assert "2 were set aside" in result.detail
    assert "spool-quarantine" in result.advice


@pytest.mark.parametrize(
    ("low", "full", "ok", "warning"),
    [(0, 0, True, False), (2**62, 0, True, True), (2**62, 2**62, False, False)],
)
def test_a_disk_warns_when_low_and_fails_when_full(
    tmp_path: Path, low: int, full: int, ok: bool, warning: bool
) -> None:
    result = machine_checks.disk_check(tmp_path, low, full)()
    assert (result.ok, result.warning) == (ok, warning)
    assert bool(result.advice) == (not ok or warning)


def test_slow_is_a_warning_with_what_to_change_and_still_ready() -> None:
    fine = machine_checks.speed_check(lambda: ())()
    assert (fine.ok, fine.warning, fine.advice) == (True, False, "")
    slow = machine_checks.speed_check(lambda: ("It is slow.", "Set WORKERS to 4."))()
    assert (slow.ok, slow.warning) == (True, True)
    assert slow.advice == "It is slow. Set WORKERS to 4."


INSIDE = ("revision", "thread", "gallery", "MiB", "witness", "threshold", "extrapolat", "evict")
"""Words of those who build it."""


@pytest.mark.parametrize("part", [Part(), Part(error="It is away.", dropped=2, aside=1)])
def test_what_an_admin_reads_has_no_words_of_those_who_build_it(
    tmp_path: Path, part: Part
) -> None:
    given, bad = _given(part), Status("gallery", alive=False, failures=3, problem="ZeroDivision")
    all_checks = [
        checks.models_check(given), gallery_checks.gallery_check(given, lambda: 12),
        gallery_checks.accuracy_check(lambda: 3, lambda: 500),
        gallery_checks.accuracy_check(lambda: 9, lambda: 5),
        checks.journal_check(lambda: part.aside, lambda: ""), checks.snapshots_check(given),
        machine_checks.disk_check(tmp_path), machine_checks.background_check(lambda: ()),
        machine_checks.background_check(lambda: (bad,)), chain_check(WitnessStatus),
        machine_checks.speed_check(lambda: ()), checks.liveness_check(lambda: ["gate"], given),
        agreement_check(lambda: Agreement(9, 9 - part.aside * 2)),
    ]  # fmt: skip
    said = " ".join(check().detail for check in all_checks).replace(f"{bad.name} (3", "")
    assert not [word for word in INSIDE if word.casefold() in said.casefold()]

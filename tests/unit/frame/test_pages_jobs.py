"""Work that outlives the page which started it."""

import threading
from dataclasses import replace

import pytest

from face_rec.access.audit import actor
from face_rec.access.audit.actor import Actor
from face_rec.access.control.permit import Permit
from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Right, Role, rights_of
from face_rec.domain.errors import ModelError
from face_rec.domain.groups import ALL_GROUPS, NO_GROUPS, Groups, only
from face_rec.protocols.models import Progress
from pages.ui.frame.jobs import Jobs

EVE = Principal(PrincipalKind.USER, "eve", "eve", rights_of(Role.MANAGER), only("Berlin"))
LASTING = Permit(EVE, Right.RECORDS, Actor("eve", "user", "192.0.2.1"), lambda: EVE)


def test_a_job_reports_its_progress_and_keeps_its_result() -> None:
    jobs = Jobs()

    def work(progress: Progress) -> str:
        progress(3, 4)
        return "done"

    job = jobs.start("models", "Downloading", work, LASTING)
    assert job.ended.wait(10)
    assert (job.fraction, job.result, job.error, job.running) == (0.75, "done", "", False)


def test_a_second_job_of_a_kind_joins_the_running_one() -> None:
    jobs, go = Jobs(), threading.Event()
    first = jobs.start("models", "one", lambda _: go.wait(10), LASTING)
    assert jobs.start("models", "two", lambda _: None, LASTING) is first
    jobs.forget("models")
    assert jobs.get("models") is first
    go.set()
    assert first.ended.wait(10)


def test_an_error_is_kept_in_words_and_an_unexpected_one_without_its_details() -> None:
    jobs = Jobs()

    def refused(_: Progress) -> None:
        raise ModelError("The download was cut. Try again.")

    def broken(_: Progress) -> None:
        raise ZeroDivisionError("secret")

    for kind, work in (("a", refused), ("b", broken)):
        assert jobs.start(kind, kind, work, LASTING).ended.wait(10)
    first, second = jobs.get("a"), jobs.get("b")
    assert first is not None
    assert second is not None
    assert first.error == "The download was cut. Try again."
    assert "secret" not in second.error
    assert "log" in second.error


def test_a_job_that_has_ended_can_be_put_away() -> None:
    jobs = Jobs()
    assert jobs.start("a", "a", lambda _: None, LASTING).ended.wait(10)
    jobs.forget("a")
    assert jobs.get("a") is None


def test_work_is_the_doing_of_who_began_it() -> None:
    job = Jobs().start("a", "a", lambda _: actor.current(), LASTING)
    assert job.ended.wait(10)
    assert job.result == Actor("eve", "user", "192.0.2.1")


@pytest.mark.parametrize(
    "now",
    [
        None,
        replace(EVE, rights=rights_of(Role.KIOSK)),
        replace(EVE, groups=only("Bonn")),
        replace(EVE, groups=NO_GROUPS),
    ],
    ids=["switched off", "another role", "another group", "no group"],
)
def test_work_stops_with_words_at_the_next_batch_after_its_starter_lost_the_right(
    now: Principal | None,
) -> None:
    held: list[Principal | None] = [EVE]
    done: list[int] = []

    def work(progress: Progress) -> str:
        for batch in range(1, 5):
            done.append(batch)
            if batch == 2:
                held[0] = now
            progress(batch, 4)
        return "all of it"

    permit = Permit(EVE, Right.RECORDS, LASTING.actor, lambda: held[0])
    job = Jobs().start("a", "a", work, permit)
    assert job.ended.wait(10)
    assert (done, job.result, job.running) == ([1, 2], None, False)
    assert "eve may no longer do this" in job.error


@pytest.mark.parametrize("groups", [ALL_GROUPS, only("Berlin", "Bonn")])
def test_who_may_see_more_by_now_goes_on(groups: Groups) -> None:
    permit = Permit(EVE, Right.RECORDS, LASTING.actor, lambda: replace(EVE, groups=groups))
    job = Jobs().start("a", "a", lambda progress: progress(1, 1), permit)
    assert job.ended.wait(10)
    assert not job.error


def test_work_whose_starter_has_no_right_does_not_even_begin() -> None:
    began: list[bool] = []
    permit = Permit(EVE, Right.PEOPLE_WRITE, LASTING.actor, lambda: EVE)
    job = Jobs().start("a", "a", lambda _: began.append(True), permit)
    assert job.ended.wait(10)
    assert (began, bool(job.error)) == ([], True)

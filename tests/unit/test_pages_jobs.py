"""Work that outlives the page which started it."""

import threading

from face_rec.errors import ModelError
from face_rec.protocols import Progress
from pages.ui.jobs import Jobs


def test_a_job_reports_its_progress_and_keeps_its_result() -> None:
    jobs = Jobs()

    def work(progress: Progress) -> str:
        progress(3, 4)
        return "done"

    job = jobs.start("models", "Downloading", work)
    assert job.ended.wait(10)
    assert (job.fraction, job.result, job.error, job.running) == (0.75, "done", "", False)


def test_a_second_job_of_a_kind_joins_the_running_one() -> None:
    jobs, go = Jobs(), threading.Event()
    first = jobs.start("models", "one", lambda _: go.wait(10))
    assert jobs.start("models", "two", lambda _: None) is first
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
        assert jobs.start(kind, kind, work).ended.wait(10)
    first, second = jobs.get("a"), jobs.get("b")
    assert first is not None
    assert second is not None
    assert first.error == "The download was cut. Try again."
    assert "secret" not in second.error
    assert "log" in second.error


def test_a_job_that_has_ended_can_be_put_away() -> None:
    jobs = Jobs()
    assert jobs.start("a", "a", lambda _: None).ended.wait(10)
    jobs.forget("a")
    assert jobs.get("a") is None

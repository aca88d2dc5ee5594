"""What a measurement or an import has found lies in memory until somebody closes it: whoever is
erased goes from it in every process."""

import asyncio
from datetime import date
from pathlib import Path

from face_rec.access.audit.actor import SYSTEM
from face_rec.access.control.permit import Permit
from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Right, Role, rights_of
from face_rec.domain.errors import StoreUnavailable
from face_rec.models.scores.own_report import Finding, Need, OwnReport
from face_rec.people.departures import Departures
from face_rec.people.imports.importing import ImportReport
from pages.ui.frame.jobs import Job, Jobs, Results
from tests.fakes.enrolment import People
from tests.unit.people.test_people_importing import ran_twice_alike

ADMIN = Principal(PrincipalKind.USER, "ada", "Ada", rights_of(Role.ADMIN))


def _ended(jobs: Jobs, result: object) -> Job:
    permit = Permit(ADMIN, Right.MODELS, SYSTEM, lambda: ADMIN)
    job = jobs.start("kind", "Work", lambda _: result, permit)
    assert job.ended.wait(60)
    assert job.result is result
    return job


def _report(*findings: Finding) -> OwnReport:
    return OwnReport(
        date(2026, 11, 26), "fake", 2, 2, 0.3, 0.1, False, (), None, None, findings=findings
    )


def test_whoever_is_erased_goes_from_what_a_measurement_found_in_every_process() -> None:
    people = People()
    ada = people.enrolment.register(people.details("1"), [people.photo(1)]).subject
    eve = people.enrolment.register(people.details("2"), [people.photo(2)]).subject
    max_ = people.enrolment.register(people.details("3"), [people.photo(3)]).subject
    alike = Finding(Need.ALIKE, ada, other=eve, picture="marks/x.jpg")
    sinks = Finding(Need.SINKING, max_)
    processes = [Jobs(), Jobs()]
    following = [Results(jobs, people.store, Departures(people.store)) for jobs in processes]
    jobs = [_ended(one, _report(alike, sinks)) for one in processes]
    for one in following:
        one.step()
    assert [job.result for job in jobs] == [_report(alike, sinks)] * 2, "nobody is erased yet"
    people.store.delete(eve)
    for one in following:
        one.step()
    assert [job.result for job in jobs] == [_report(sinks)] * 2


def test_a_measurement_that_ends_after_the_erasure_is_no_exception() -> None:
    people = People()
    jobs = Jobs()
    following = Results(jobs, people.store, Departures(people.store))
    following.step()
    job = _ended(jobs, _report(Finding(Need.SINKING, "erased-meanwhile")))
    following.step()
    assert job.result == _report()


def test_what_an_import_said_of_somebody_goes_with_them(tmp_path: Path) -> None:
    """Also the line of another one, that names them."""
    people, report = ran_twice_alike(tmp_path)
    jobs = Jobs()
    job = _ended(jobs, report)
    other = people.store.by_id("other")
    assert other is not None
    people.store.delete(other.subject)
    Results(jobs, people.store, Departures(people.store)).step()
    assert isinstance(job.result, ImportReport)
    assert [person.id for person in job.result.people] == ["ada", "no"]
    ada = people.store.by_id("ada")
    assert ada is not None
    people.store.delete(ada.subject)
    Results(jobs, people.store, Departures(people.store)).step()
    (line,) = job.result.people
    assert (line.id, line.about) == ("no", ()), "nobody was registered"


def test_it_is_looked_after_by_itself_and_goes_on_when_the_database_is_back() -> None:
    people = People()
    jobs = Jobs()
    job = _ended(jobs, _report(Finding(Need.SINKING, "gone")))
    following = Results(jobs, people.store, Departures(people.store))
    step, asked = following.step, iter(range(1_000_000))

    def away_at_first() -> None:
        if not next(asked):
            raise StoreUnavailable("away")
        step()

    following.step = away_at_first  # type: ignore[method-assign]

    async def watched() -> None:
        task = asyncio.create_task(following.watch(0))
        while job.result != _report():
            assert not task.done()
            await asyncio.sleep(0)
        task.cancel()

    asyncio.run(watched())

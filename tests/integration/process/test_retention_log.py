"""The retention job's lock and note, between processes."""

from datetime import timedelta

from face_rec.assembly.people.keepers import rules_keeper
from face_rec.attendance.rules.calendar import Leave
from face_rec.attendance.rules.roster import Assignment, Employment
from face_rec.privacy.retention_run import Run
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from face_rec.stores.site.site_state import RedisRunLog
from tests.fakes.clock import MORNING

RUN = Run(MORNING, MORNING + timedelta(seconds=3), 5, 1, 3, 2, "half of it")


def test_a_run_reads_back_the_same_in_another_process(redis_client: Client) -> None:
    assert RedisRunLog(redis_client, "main").last() is None
    RedisRunLog(redis_client, "main").save(RUN)
    assert RedisRunLog(redis_client, "main").last() == RUN
    assert RedisRunLog(redis_client, "north").last() is None


def test_one_process_at_a_time_holds_the_lock(redis_client: Client) -> None:
    one, other = RedisRunLog(redis_client, "main"), RedisRunLog(redis_client, "main")
    assert one.claim()
    assert not other.claim()
    other.release()
    assert not other.claim()
    one.release()
    assert other.claim()


def test_the_lock_of_a_process_that_died_expires(redis_client: Client) -> None:
    RedisRunLog(redis_client, "main").claim()
    assert 0 < redis_client.ttl(keys.turn("main", "retention")) <= 3600


def test_shifts_employment_and_leave_of_one_person_are_shown_and_forgotten(
    redis_client: Client,
) -> None:
    rules, day = RedisRules(redis_client, "main"), MORNING.date()
    rules.put(
        Assignment("a", "early", subject="ada"),
        Employment("ada", day),
        Leave("l", "ada", day, day, "ill", reason="flu"),
        Leave("m", "bob", day, day),
        Assignment("g", "early", group="Office"),
    )
    keeper = rules_keeper(rules)
    held = keeper.held("ada")
    assert {item["kind"] for item in held} == {"assignment", "employment", "leave"}
    assert "ada" not in str(held)
    assert keeper.forget("ada") == 3
    assert keeper.held("ada") == []
    assert len(keeper.held("bob")) == 1
    assert len(rules.load().assignments) == 1

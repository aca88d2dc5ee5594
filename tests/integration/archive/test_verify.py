"""The archive is held against Redis row for row, and its chain against the key and the witness."""

from face_rec.attendance.rules.calendar import Holiday
from face_rec.stores.redis.client import Client
from tests.fakes.clock import MORNING
from tests.integration.archive.site import DAY, Site

WHEN = MORNING.date()


def _filled(at: Site) -> None:
    ada = at.register("7", "Ada")
    for number in range(4):
        at.mark(f"e{number}", ada.subject, number * 3600)
    at.stores.writers.rules.put(Holiday("h", DAY, "Founders' day"))
    at.stores.chain.copy()
    at.copy()


def test_an_archive_that_is_the_same_is_said_to_be(at: Site) -> None:
    _filled(at)
    compared = at.archive.verify.run()
    assert compared.differences == ()
    assert compared.lines()[0].startswith("The archive is what Redis is: ")
    assert compared.linked >= 4 + 2


_ENTRY = "convert_to(replace(convert_from(entry, 'UTF8'), '0.7', '0.9'), 'UTF8')"
_CHANGES = (
    f"UPDATE archive.events SET entry = {_ENTRY} WHERE place = 1",  # noqa: S608
    "DELETE FROM archive.events WHERE place = 3",
    "UPDATE archive.people SET name = 'Eve'",
    "DELETE FROM archive.rules",
    "DELETE FROM archive.audit WHERE number = 0",
)


def test_what_differs_is_told_in_words(at: Site, redis_client: Client) -> None:
    _filled(at)
    with at.archive.database.begin() as connection:
        for change in _CHANGES:
            connection.exec_driver_sql(change)
    said = "\n".join(at.archive.verify.run().lines())
    for words in (
        f"{WHEN}, entry 2 (e1): the archive has another than Redis.",
        f"In the archive, {WHEN}, entry 2 (event e1): edited.",
        f"{WHEN}: the archive lacks the last 1 of 4 entries.",
        f"In the archive, {WHEN}: cut tail. A witness saw 4 entries",
        "has another name in the archive.",
        "The rule holidays/h is not in the archive.",
        "is not in the archive.",
    ):
        assert words in said, said
    redis_client.ltrim(f"attendance:{{main|{WHEN}}}", 0, 1)
    said = "\n".join(at.archive.verify.run().lines())
    assert f"{WHEN}: Redis lacks the last 1 of 3 entries that the archive has." in said

"""``demo``: an empty system becomes a company of sixty with ninety days behind it."""

import argparse
import sys
from datetime import UTC

from tqdm import tqdm

import config
from face_rec import assembly
from face_rec.attendance.attendance_service import AttendanceService
from face_rec.attendance.cached_stores import days_between
from face_rec.attendance.rules.rules import RulesStore
from face_rec.demo.company import Company, company
from face_rec.domain.errors import NotEmpty
from face_rec.languages.language import msgid
from face_rec.languages.sentence import listed, sentence, sentence_many
from face_rec.protocols.marks import MarkWriter
from face_rec.protocols.people_store import PeopleStore
from face_rec.terminal.words import said


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    command = commands.add_parser(
        "demo",
        help=said("fill an empty system with a made-up company"),
        description=said(
            "Sixty people without faces, their shifts, and ninety days of marks up to "
            "now. Refuses on a system that holds any people, marks or rules: give the demo a "
            "DATA_DIR of its own."
        ),
    )
    command.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    """Fill the system and say what to look at."""
    with assembly.build_attendance_stores(config.load()) as (service, stores):
        now = service.timesheets.now()
        made = company(now.date(), service.timesheets.zone, now.astimezone(UTC))
        refuse_if_used(service, made)
        fill(stores.rules, stores.marks, stores.people, made)
    print(
        said(
            "Made {people} people with {events} events. Start the app and open Overview, Records "
            "and Reports.",
            people=len(made.people), events=len(made.events),
        )
    )  # fmt: skip
    return 0


def refuse_if_used(service: AttendanceService, made: Company) -> None:
    """Raises NotEmpty if anything is there that the demo could mix with."""
    found: list[str] = []
    if number := service.stores.people.count():
        found.append(sentence_many("{count} person", "{count} people", number))
    if service.stores.rules.version():
        found.append(msgid("attendance rules"))
    first = min(event.at for event in made.events).date()
    if any(service.stores.attendance.lengths(days_between(first, service.timesheets.today()))):
        found.append(msgid("marks of the last three months"))
    if found:
        raise NotEmpty(
            sentence(
                "This system holds something already ({found}); sample data would mix with it. "
                "Set DATA_DIR (or REDIS_DB, or SITE) to an empty one and run demo again.",
                found=listed(found),
            )
        )


def fill(rules: RulesStore, marks: MarkWriter, people: PeopleStore, made: Company) -> None:
    """Write everything; people last, so that a run cut short can be seen as one."""
    rules.put(*made.rules)
    total = len(made.uptime) + len(made.events) + len(made.people)
    with tqdm(total=total, unit=said("entry"), file=sys.stderr, disable=None) as bar:
        for up in made.uptime:
            rules.beat(up.kiosk, up.until, up.since)
            bar.update()
        for event in made.events:
            marks.apply(event, cooldown=0.0, replay=True)
            bar.update()
        for person in made.people:
            people.create(person, (), people.revision())
            bar.update()

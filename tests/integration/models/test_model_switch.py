"""One switch of the pack for all processes of a site, and what each does that cannot follow."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from face_rec.assembly.models.model_change import switch_of
from face_rec.models.model_service import ModelService
from face_rec.models.packs.manifest import Pack
from face_rec.models.runtime.loading import Loaded
from face_rec.models.terms.model_status import ModelState
from face_rec.people.change.plan import Switch
from face_rec.people.gallery.follower import GalleryFollower
from face_rec.protocols.models import FaceModels
from face_rec.site_options import LiveOptions
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import Client
from face_rec.stores.site.site_state import RedisOptions
from face_rec.web.ops.checks import models_check
from tests.data import Material
from tests.fakes.clock import MORNING, FakeClock
from tests.fakes.options import OPTIONS
from tests.redis_servers import wait_until
from tests.samples import a_person, a_template
from tests.synthetic.material import write_pack

pytestmark = [pytest.mark.models, pytest.mark.usefixtures("loaded_once")]


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack with another recogniser than the drawn people's."""
    return write_pack(tmp_path_factory.mktemp("packs") / "drawn128", dimension=128)


class Machine:
    """A process with a disk of its own, that follows the site's options."""

    def __init__(
        self, client: Client, root: Path, pack: str = "one", *, by_hand: bool = False
    ) -> None:
        self.options = LiveOptions(
            OPTIONS, frozenset(), RedisOptions(client, "main"), lambda *_: None
        )
        self.options.refresh()
        self.models = ModelService(
            root, pack, "cpu", switch=switch_of(self.options), by_hand=by_hand
        )

    def switch_to(self, pack: str, contract: str, number: int) -> None:
        made = Switch(number, contract, MORNING + timedelta(days=number), pack)
        self.options.refresh()
        self.options.change({"model": made.text()}, self.options.version)

    def used(self) -> str:
        models = self.models.current()
        return models.pack if models else ""


Make = Callable[..., Machine]


@pytest.fixture
def machine(redis_client: Client, tmp_path: Path, drawn: Material, other: Path) -> Iterator[Make]:
    """Makes machines with these packs installed."""
    made: list[Machine] = []

    def make(*installed: str, pack: str = "one") -> Machine:
        one = Machine(redis_client, tmp_path / f"machine{len(made)}", pack)
        for name in installed:
            one.models.import_archive(drawn.pack if name == "one" else other, name)
        made.append(one)
        return one

    yield make
    for one in made:
        one.models.close()


def _contract(machine: Machine, pack: str) -> str:
    return machine.models.beside(pack).contract.digest


def test_every_process_follows_one_switch_and_goes_back_with_the_next(machine: Make) -> None:
    here, there = machine("one", "two"), machine("one", "two")
    for each in (here, there):
        each.models.start()
        wait_until(lambda each=each: each.used() == "one")  # type: ignore[misc]
    here.switch_to("two", _contract(here, "two"), 1)
    wait_until(lambda: (here.used(), there.used()) == ("two", "two"))
    there.switch_to("one", _contract(here, "one"), 2)
    wait_until(lambda: (here.used(), there.used()) == ("one", "one"))


@pytest.mark.parametrize("running", [True, False])
def test_a_machine_with_a_threshold_set_by_hand_does_not_take_it_to_another_model(
    redis_client: Client, machine: Make, running: bool
) -> None:
    here = machine("one", "two")
    by_hand = Machine(redis_client, here.models.packs.root, by_hand=True)
    if running:
        by_hand.models.load()
    here.switch_to("two", _contract(here, "two"), 1)
    by_hand.models.follow()
    by_hand.models.load()
    assert by_hand.used() == "one"
    health = models_check(by_hand.models.status)()
    assert (health.warning, health.detail) == (True, "one, and the site uses two")
    assert "MATCH_THRESHOLD" in health.advice
    here.models.follow()  # the one that follows
    assert here.used() == "two"


def test_a_threshold_set_by_hand_for_the_pack_that_the_site_uses_holds_nobody_back(
    redis_client: Client, machine: Make
) -> None:
    here = machine("one", "two")
    here.switch_to("two", _contract(here, "two"), 1)
    late = Machine(redis_client, here.models.packs.root, pack="two", by_hand=True)
    late.models.follow()
    assert late.used() == "two"
    assert not late.models.status().behind


def test_two_processes_with_one_folder_do_not_undo_each_others_switch(
    redis_client: Client, machine: Make
) -> None:
    """One may know of a switch some seconds before the other does."""
    here = machine("one", "two")
    beside = Machine(redis_client, here.models.packs.root)
    for each in (here, beside):
        each.models.load()
    here.switch_to("two", _contract(here, "two"), 1)
    for each in (here, beside):
        each.models.follow()
    here.switch_to("one", _contract(here, "one"), 2)
    here.models.follow()
    beside.models.follow()
    here.models.follow()
    assert (here.used(), beside.used()) == ("one", "one")


def test_a_switch_that_was_superseded_while_it_was_loaded_is_not_made(
    redis_client: Client, machine: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = machine("one", "two")
    here.models.load()
    one, two = _contract(here, "one"), _contract(here, "two")
    here.switch_to("two", two, 1)
    load = here.models._whole

    def meanwhile(pack: Pack) -> Loaded:
        loaded = load(pack)
        Machine(redis_client, here.models.packs.root).switch_to("one", one, 2)
        return loaded

    monkeypatch.setattr(here.models, "_whole", meanwhile)
    here.models.follow()
    assert here.used() == "one"


def test_options_that_went_back_to_a_backup_are_followed(machine: Make) -> None:
    here = machine("one", "two")
    here.switch_to("one", _contract(here, "one"), 7)
    here.models.follow()
    here.switch_to("two", _contract(here, "two"), 3)
    here.models.follow()
    assert here.used() == "two"


def test_a_process_that_starts_later_begins_with_what_the_site_uses(machine: Make) -> None:
    here, late = machine("one", "two"), machine("one", "two")
    here.switch_to("two", _contract(here, "two"), 1)
    late.models.follow()
    assert late.used() == "two"


def test_a_machine_without_the_pack_stays_with_its_own_says_so_and_follows_once_it_has_it(
    machine: Make, other: Path
) -> None:
    here, bare = machine("one", "two"), machine("one")
    bare.models.load()
    here.switch_to("two", _contract(here, "two"), 1)
    bare.models.follow()
    assert bare.used() == "one"
    status = bare.models.status()
    assert status.state is ModelState.READY
    assert "Install it here" in status.warning
    assert status.behind == "two"
    bare.models.import_archive(other, "two")
    bare.models.follow()
    assert bare.used() == "two"
    assert not bare.models.status().behind
    assert "Install it here" not in bare.models.status().warning


def test_another_pack_of_the_same_name_is_not_used(machine: Make, drawn: Material) -> None:
    here, false = machine("one", "two"), machine("one")
    false.models.import_archive(drawn.pack, "two")  # with the recogniser of "one"
    false.models.load()
    here.switch_to("two", _contract(here, "two"), 1)
    false.models.follow()
    assert false.used() == "one"
    assert "another one of that name" in false.models.status().warning


def test_the_pack_that_a_machine_was_set_to_is_found_wherever_it_lies(
    machine: Make, other: Path
) -> None:
    """One machine is set to a folder that another machine does not have."""
    here, there = machine("one", "two"), machine(pack=str(other))
    there.models.load()
    here.switch_to("/srv/models/two", _contract(here, "two"), 1)
    there.models.follow()
    assert there.used() == other.name


def test_who_edits_model_pack_after_a_switch_gets_what_they_wrote_until_the_next(
    redis_client: Client, machine: Make, other: Path
) -> None:
    here = machine("one", "two")
    here.switch_to("two", _contract(here, "two"), 1)
    here.models.follow()
    edited = Machine(redis_client, here.models.packs.root, pack=str(other))
    edited.models.follow()
    edited.models.load()
    assert edited.used() == other.name
    edited.switch_to("one", _contract(here, "one"), 2)
    edited.models.follow()
    assert edited.used() == "one"


def test_at_no_moment_of_a_switch_does_a_kiosk_know_nobody(
    redis_client: Client, machine: Make
) -> None:
    here = machine("one", "two")
    here.models.load()
    one, two = here.models.beside("one"), here.models.beside("two")
    people = RedisPeople(redis_client, "main", FakeClock())
    templates = [
        a_template(slot, models.contract.digest, models.contract.dimension)
        for slot, models in enumerate((one, two))
    ]
    person = people.create(a_person(), templates, people.revision())
    follower = GalleryFollower(people, here.models, FakeClock())
    here.models.before_exchange(follower.prepare)
    follower.step(block_ms=0)

    def named(models: FaceModels, slot: int) -> str | None:
        assert here.models.current() is not None
        assert here.models.current().contract == models.contract  # type: ignore[union-attr]
        found = follower.gallery.match(templates[slot].vector[None], models.contract)
        return found[0].subject if found else None

    assert named(one, 0) == person.subject
    here.switch_to("two", two.contract.digest, 1)
    here.models.follow()
    assert named(two, 1) == person.subject, "without another step of the follower"
    follower.step(block_ms=0)
    late = people.create(a_person("8"), templates[1:], people.revision())
    follower.step(block_ms=0)
    assert follower.gallery.people == 2
    assert late.subject != person.subject

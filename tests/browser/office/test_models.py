"""The Models page at work: another recognition model for everybody, with nobody called in, and the
measurement on one's own people, whose advice is taken and given back."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.support.chromium import Browsers
from tests.browser.support.page_state import press, rest
from tests.browser.support.server import ROOT, AppServer
from tests.data import PACKS, real_material, shared_data

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.nightly]

PEOPLE = 90
"""With four to six photos each: enough that their change can be paused in the middle."""
GENERATED, EACH = 320, 10
PATIENCE = 240_000
_ENROLLED = f"""
import numpy as np
from face_rec.clock import SystemClock
from face_rec.domain.faces import View
from face_rec.domain.people import Consent, Person, Template, TemplateInfo
from face_rec.models.packs.digests import Digests
from face_rec.stores.people.people_store import RedisPeople
settings, clock, random = config.load(), SystemClock(), np.random.default_rng(5)
with assembly.build_redis(settings) as client:
    people, now = RedisPeople(client, settings.site, clock), clock.now()
    known = next(one for one in people.all() if one.templates)
    contract = known.templates[0].contract
    for number in range({GENERATED}):
        rows = random.normal(size=512) + 0.7 * random.normal(size=({EACH}, 512))
        rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        made = [
            Template(TemplateInfo(slot, View.FRONT, 0.8, contract, now), row)
            for slot, row in enumerate(rows)
        ]
        person = Person(
            f"generated{{number}}", f"G {{number}}", f"Generated {{number}}",
            consent=Consent("Yes.", "1", now),
        )
        people.create(person, made, people.revision())
    found = people.count()
"""
"""People who are embeddings alone: an advice takes three thousand looks, and there are not as many
photos of real people here."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """Real people with real photos, two trained packs, the first in use."""
    material, other = real_material(), shared_data(f"models/{PACKS[1]}")
    folder = tmp_path_factory.mktemp("company")
    server = AppServer(folder / "data", material.pack)
    for number in range(PEOPLE):
        photos = folder / "people" / f"E {number}"
        photos.mkdir(parents=True)
        for photo in material.person(number):
            shutil.copy(photo, photos)
    rows = [f"E {number},Person {number},Staff" for number in range(PEOPLE)]
    (folder / "people" / "people.csv").write_text("\n".join(["id,name,group", *rows]), "utf-8")
    command(server, "import", str(folder / "people"), "--consent", "yes")
    command(server, "models", "import", str(other))
    with server:
        yield server


def command(server: AppServer, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "face_rec", *arguments], cwd=ROOT, check=True, timeout=600,
        env=server.environment(),
    )  # fmt: skip


def figure(page: Page, pattern: str) -> Sequence[int]:
    """The whole numbers of what the page says, once it says it."""
    shown = page.get_by_text(re.compile(pattern)).first
    expect(shown).to_be_visible(timeout=PATIENCE)
    found = re.search(pattern, shown.inner_text())
    assert found
    return [int(one) for one in found.groups()]


def state(page: Page, word: str) -> None:
    """What the card of the change says of it."""
    card = page.locator("li").filter(has_text=f"Change from {PACKS[0]} to {PACKS[1]}")
    expect(card.get_by_text(word, exact=True)).to_be_visible(timeout=PATIENCE)


def test_everybody_is_known_to_another_model_and_to_the_first_one_again(
    company: AppServer, browse: Browsers
) -> None:
    page = browse.page()
    page.goto(f"{company.url}/models")
    rest(page)
    (people,) = figure(page, r"^(\d+) people of this site$")
    assert people >= PEOPLE - 5  # a few photos of celebrities are not good enough
    press(page.get_by_role("button", name="Use this pack").first)
    expect(page.get_by_text(f"Nobody has to come in for {PACKS[1]}")).to_be_visible()
    press(page.get_by_role("button", name="Prepare the change"))

    # Made in the background; it rests, and the page that was left says the same when it is back.
    state(page, "Embedding")
    figure(page, rf"^([1-9]\d*) of {people} people")
    press(page.get_by_role("button", name="Pause"))
    state(page, "Paused")
    page.goto(f"{company.url}/")
    page.goto(f"{company.url}/models")
    rest(page)
    state(page, "Paused")
    (so_far,) = figure(page, rf"^(\d+) of {people} people")
    assert 0 < so_far < people
    press(page.get_by_role("button", name="Go on"))

    # Nothing changes for anybody before somebody has seen the comparison and says so.
    state(page, "Ready to switch")
    (compared,) = figure(page, r"^Compared on (\d+) photos")
    assert compared >= people - 5
    differently, of = figure(page, r"^(\d+) of (\d+) people$")
    assert differently <= of <= people
    in_use(page, 512, people)
    press(page.get_by_role("button", name=f"Switch to {PACKS[1]} …"))
    press(page.get_by_role("button", name=f"Switch to {PACKS[1]}", exact=True))
    expect(page.get_by_text(f"All kiosks use {PACKS[1]}.")).to_be_visible(timeout=PATIENCE)
    in_use(page, 128, people)
    press(page.get_by_role("button", name=f"Back to {PACKS[0]} …"))
    press(page.get_by_role("button", name=f"Switch to {PACKS[0]}", exact=True))
    in_use(page, 512, people)


def in_use(page: Page, numbers: int, people: int) -> None:
    """The model whose embeddings have so many ``numbers`` knows all these people."""
    expect(experts(page, f"{numbers} numbers a face")).to_have_count(1, timeout=PATIENCE)
    expect(experts(page)).to_have_count(1, timeout=PATIENCE)
    expect(page.get_by_text(f"{people} people of this site").first).to_be_visible(timeout=PATIENCE)


def least_score(page: Page) -> float:
    """That all kiosks go by."""
    rest(page)
    expect(experts(page)).to_have_count(1, timeout=PATIENCE)
    told = experts(page).text_content() or ""
    return float(re.findall(r"(0\.\d+) for [\d,]+ photos of people", told)[0])


def experts(page: Page, told: str = "numbers a face") -> Locator:
    """The figures for experts, whether or not they are open. While a page is drawn anew, those
    before are there as well."""
    return page.locator("dl.fr-facts").filter(has_text=told)


def test_what_is_measured_on_ones_own_people_is_put_in_force_and_taken_back(
    company: AppServer, browse: Browsers
) -> None:
    everybody = company.beside.run(_ENROLLED)
    page = browse.page()
    page.goto(f"{company.url}/models")
    rest(page)
    expect(page.get_by_text(f"{everybody} people of this site")).to_be_visible(timeout=PATIENCE)
    press(page.get_by_role("button", name="Measure now"))
    advice = page.get_by_text(re.compile(r"^Advice: a least score of "))
    expect(advice).to_be_visible(timeout=PATIENCE)
    wanted, before = float(re.findall(r"0\.\d+", advice.inner_text())[0]), least_score(page)
    assert wanted != pytest.approx(before, abs=2e-3)

    # What is in force is what all kiosks go by; it outlives the report, and can be given back.
    press(page.get_by_role("button", name="Put the advice in force"))
    expect(page.get_by_text("This advice is in force.")).to_be_visible()
    page.goto(f"{company.url}/models")
    rest(page)
    expect(page.get_by_text(f"searches among {everybody};")).to_be_visible()
    assert least_score(page) == pytest.approx(wanted, abs=2e-3)
    press(page.get_by_role("button", name="Go back"))
    expect(page.get_by_text("The thresholds before are in force again")).to_be_visible()
    expect(page.get_by_role("button", name="Go back")).to_be_hidden()
    assert least_score(page) == before

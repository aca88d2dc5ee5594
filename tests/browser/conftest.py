"""The app on an empty data folder, browsers with cameras, and people to put before them."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from face_rec.domain.faces import Image
from tests.browser.chromium import Browsers, browsers, check_network
from tests.browser.fake_camera import all_sides
from tests.browser.server import AppServer
from tests.data import Material
from tests.synthetic.photos import all_sides as drawn_sides

FAILED = pytest.StashKey[bool]()
PATIENCE = 30_000
"""Milliseconds that whatever is expected may take. It is no measurement: what is there is seen
at once, and a machine on which a browser, a camera and two codecs share two cores needs longer
than Playwright's five seconds now and then."""
_LONGEST = 600
"""Seconds of one test; a hang ends then."""
expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True, slots=True)
class Cast:
    """People for the tests: photos to enrol with, others to be seen with, and views of one face
    from the front, its left and right, above and below."""

    ana: tuple[Path, ...]
    bo: tuple[Path, ...]
    sides: Sequence[Image]
    stranger: Path


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture
def browse(request: pytest.FixtureRequest) -> Iterator[Browsers]:
    """Opens browsers; after a failure their screens are kept in ``tests/browser/output``."""
    check_network()
    with browsers(request.node.name) as opened:
        yield opened
        opened.close_all(failed=request.node.stash.get(FAILED, False))
        assert not opened.errors, "the page itself failed"


@pytest.fixture
def app(tmp_path: Path, material: Material) -> Iterator[AppServer]:
    with AppServer(tmp_path / "data", material.pack) as server:
        yield server


@pytest.fixture(scope="session")
def cast(material: Material) -> Cast:
    return Cast(
        ana=material.person(1),
        bo=material.person(3),
        sides=all_sides(material.person(9)[0]) if material.real else drawn_sides(9),
        stranger=material.stranger(0),
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One more try, until all of them have passed twice without."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(_LONGEST))
            item.add_marker(pytest.mark.flaky(reruns=1))

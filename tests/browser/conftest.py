"""The app on an empty data folder, browsers with cameras, and people to put before them."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from face_rec.domain.faces import Image
from tests.browser.support.chromium import Browsers, Chromium, check_network
from tests.browser.support.chromium import chromium as started_chromium
from tests.browser.support.fake_camera import all_sides
from tests.browser.support.people import import_people
from tests.browser.support.server import ROOT, AppServer
from tests.browser.support.sign_in import GuardedServer, new_account
from tests.browser.support.strict_site import strict_server
from tests.data import Material
from tests.synthetic.photos import all_sides as drawn_sides

FAILED = pytest.StashKey[bool]()
PATIENCE = 30_000
"""Milliseconds that whatever is expected may take. It is no measurement: what is there is seen
at once, and a machine on which a browser, a camera and two codecs share two cores needs longer
than Playwright's five seconds now and then."""
_LONGEST = 600
"""Seconds of one test; a hang ends then."""
_CAMERAS = {"camera", "filled"}
"""Groups in which somebody stands before a camera."""
_LONG = {"test_kiosk_offline"}
"""Groups of few tests that take as long as one of many."""
_DAY_S_END = 100
"""Seconds before midnight in which no test begins: most are over in half a minute."""
expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True, slots=True)
class Cast:
    """People for the tests: photos to enrol with, others to be seen with, and views of one face
    from the front, its left and right, above and below."""

    ana: tuple[Path, ...]
    bo: tuple[Path, ...]
    sides: Sequence[Image]
    stranger: Path


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who is registered, and photos to be seen with."""

    id: str
    name: str
    seen: tuple[Path, ...]


_KNOWN = (11, 2, 20, 17, 19, 10, 14)
"""People who are alone in their photos; those of the cast are others. The last is
:func:`anybody`."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(autouse=True)
def one_day() -> None:
    """Servers count days in UTC, and what a test does and then looks for is of one day."""
    left = 86_400 - time.time() % 86_400
    if left < _DAY_S_END:
        time.sleep(left + 1)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Chromium]:
    """Gone before the tests of another folder, which could run no event loop beside it."""
    check_network()
    with started_chromium() as started:
        yield started


@pytest.fixture
def browse(request: pytest.FixtureRequest, chromium: Chromium) -> Iterator[Browsers]:
    """Opens pages; after a failure their screens are kept in ``tests/browser/output``."""
    opened = Browsers(chromium, request.node.name)
    yield opened
    opened.close_all(failed=request.node.stash.get(FAILED, False))
    assert not opened.errors, "the page itself failed"


@pytest.fixture
def app(tmp_path: Path, material: Material) -> Iterator[AppServer]:
    with AppServer(tmp_path / "data", material.pack) as server:
        yield server


@pytest.fixture(scope="package")
def plain(tmp_path_factory: pytest.TempPathFactory, material: Material) -> Iterator[AppServer]:
    """One app without accounts and with nobody in it, for many tests, which register nobody."""
    with AppServer(tmp_path_factory.mktemp("plain") / "data", material.pack) as server:
        yield server


@pytest.fixture(scope="package")
def guarded(
    tmp_path_factory: pytest.TempPathFactory, material: Material
) -> Iterator[GuardedServer]:
    """One app with accounts for many tests: each has an admin and names of its own
    (:func:`~tests.browser.support.sign_in.as_admin`, ``server.fresh``)."""
    with GuardedServer(tmp_path_factory.mktemp("guarded") / "data", material.pack) as server:
        new_account(server, "first", "ADMIN", "NO_GROUPS")  # others may lose their rights
        yield server


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory, material: Material) -> Iterator[AppServer]:
    """The app with the demo's company in it, without accounts."""
    server = AppServer(tmp_path_factory.mktemp("demo") / "data", material.pack)
    subprocess.run(
        [sys.executable, "-m", "face_rec", "demo"], cwd=ROOT, check=True, timeout=300,
        env=server.environment() | {"SITE": "main", "TIMEZONE": "UTC"},
    )  # fmt: skip
    with server:
        yield server


def _known(material: Material) -> list[Known]:
    return [
        Known(f"E {number}", f"Zoë <b>🙂</b> @Müller {number}", material.person(number)[2:3])
        for number in _KNOWN
    ]


@pytest.fixture(scope="package")
def filled(tmp_path_factory: pytest.TempPathFactory, material: Material) -> Iterator[AppServer]:
    """One app without accounts for many tests, with people in it; each test has a kiosk of its
    own (``filled.fresh``) and may have one of the people (``known``)."""
    folder = tmp_path_factory.mktemp("filled")
    server = AppServer(folder / "data", material.pack)
    names = {number: one.name for number, one in zip(_KNOWN, _known(material), strict=True)}
    import_people(server, folder, material, names)
    with server:
        yield server


@pytest.fixture(scope="package")
def strict(tmp_path_factory: pytest.TempPathFactory, material: Material) -> Iterator[AppServer]:
    """One app without accounts that tells live faces from pictures, for many tests."""
    with strict_server(tmp_path_factory.mktemp("strict"), material) as server:
        yield server


@pytest.fixture(scope="package")
def unmarked(material: Material) -> Iterator[Known]:
    return iter(_known(material)[:-1])


@pytest.fixture(scope="package")
def anybody(filled: AppServer, material: Material) -> Known:
    """Somebody who is registered on ``filled``, whether marked or not."""
    return _known(material)[-1]


@pytest.fixture
def known(filled: AppServer, unmarked: Iterator[Known]) -> Known:
    """Somebody who is registered on ``filled`` and whom no other test has marked."""
    return next(unmarked)


@pytest.fixture(scope="session")
def cast(material: Material) -> Cast:
    return Cast(
        ana=material.person(1),
        bo=material.person(3),
        sides=all_sides(material.person(9)[0]) if material.real else drawn_sides(9),
        stranger=material.stranger(0),
    )


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Modules may be tested beside each other (--dist loadgroup), but no more than two cameras
    play at a time: a video that is encoded, decoded and searched for faces takes half a core. Who
    looks at the demo's company, or at people who were imported, stays with one worker, which makes
    them once. The plain server's cameras see next to nothing, mostly an empty room. The cameras
    come first, then the longest groups, or all would wait for the last of them in the end."""
    groups: dict[pytest.Item, str] = {}
    here = f"{Path(__file__).parent}{os.sep}"
    for item in items:
        if isinstance(item, pytest.Function) and str(item.path).startswith(here):
            item.add_marker(pytest.mark.timeout(_LONGEST))
            if not item.get_closest_marker("xdist_group"):
                item.add_marker(pytest.mark.xdist_group(_group(item)))
            groups[item] = str(next(item.iter_markers("xdist_group")).args[0])
    daily = Counter(groups[item] for item in groups if not item.get_closest_marker("nightly"))
    daily.update(dict.fromkeys(_LONG, len(items)))
    items.sort(key=lambda item: (groups.get(item) not in _CAMERAS, -daily[groups.get(item, "")]))


def _group(item: pytest.Function) -> str:
    """Half of all cameras show somebody who was imported."""
    asks = set(item.fixturenames)
    made = next((name for name in ("demo", "filled", "plain") if name in asks), None)
    plays = {"cast", "known", "strict"} & asks
    return made or ("camera" if plays else "guarded" if "guarded" in asks else item.path.stem)

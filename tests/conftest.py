"""What several test folders share, made once a session: real Redis servers, and packs with
people to recognise."""

import functools
import gc
import importlib
import os
import secrets
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from face_rec.stores.redis.client import Client, RedisAddress, connect
from tests import postgres_server, redis_servers
from tests.data import PACKS, Material, has_real_material, real_material
from tests.nightly import every_day_but
from tests.postgres_server import Postgres
from tests.redis_servers import Server
from tests.synthetic.material import write_material

# A tool of the release brings it; where it is, jsonschema imports it (so does Altair), and its
# grammars take a second to make, in each worker and in each server that a test starts. The app
# is installed without.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
_PATHS = [Path(__file__).parent / "absent", *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(filter(None, map(str, _PATHS))))

# Commands speak the language of the terminal: what tests read of them is English on every desk.
os.environ["LC_ALL"] = "C.UTF-8"

if not has_real_material():  # people are drawn then, which the check of photos would refuse
    os.environ.setdefault("PHOTO_CHECKS", "false")

_NIGHTLY = "with --thorough"
_THAW = gc.unfreeze
_thawed = threading.Event()
_APART = [Path(__file__).parent / place for place in ("browser", "integration/project")]

# How fast this machine makes examples says nothing about what is tested.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=25
)
# With --thorough: every night.
settings.register_profile("night", settings.get_profile("house"), max_examples=300)
# For the loop at the desk (make test-fast): a few examples of each property instead of all.
settings.register_profile("fast", settings.get_profile("house"), max_examples=10)
# For nights and whoever changes what keeps marks (make fuzz): thousands, others each time.
settings.register_profile("long", settings.get_profile("house"), max_examples=6000)
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--thorough", action="store_true",
        help="take all pictures, people and events where a sample does for every day",
    )  # fmt: skip


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("thorough"):
        settings.load_profile("night")  # --hypothesis-profile, read after this, may say otherwise


@pytest.fixture(scope="session")
def thorough(request: pytest.FixtureRequest) -> bool:
    """Whether all there is shall be taken. Who asks for this is marked ``sampled``."""
    return bool(request.config.getoption("thorough"))


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """What is imported and collected stays until the end: a quarter of the time of collecting
    went to searching it for garbage, and more to doing so again during each test."""
    gc.disable()
    yield
    gc.freeze()
    gc.enable()
    gc.unfreeze = _unfreeze


def _unfreeze() -> None:
    """For what a test builds of the app, which thaws everything when it closes."""
    _THAW()
    _thawed.set()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    yield
    if _thawed.is_set():
        _thawed.clear()
        gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Streamlit draws a whole page in each of these tests, which takes a second or so."""
    drawing = ("AppTest", "opened")  # of Streamlit, and of tests.unit.pages.pages_app
    items.sort(key=_shares_no_app)
    for item in items:
        _check_place(item)
        if item.get_closest_marker("nightly"):
            item.add_marker(pytest.mark.sampled)
            item.add_marker(pytest.mark.skipif(not config.getoption("thorough"), reason=_NIGHTLY))
        if not isinstance(item, pytest.Function):
            continue
        if any(name in vars(item.module) for name in drawing):
            item.add_marker(pytest.mark.heavy)
        if "thorough" in item.fixturenames:
            item.add_marker(pytest.mark.sampled)


def pytest_collection_finish() -> None:
    """Each AppTest looks for components in what is installed, which took nine tenths of the time
    of a page's tests; what is installed stays as it is, so once is enough."""
    if "streamlit.testing.v1" in sys.modules:
        scanner = importlib.import_module("streamlit.components.v2.manifest_scanner")
        scan = functools.cache(scanner.scan_component_manifests)
        pytest.MonkeyPatch().setattr(scanner, "scan_component_manifests", scan)


def _shares_no_app(item: pytest.Item) -> bool:
    """What shares an app that a module starts comes first: workers take what others have left
    from the end, and each that gets a part of such a module would start an app of its own."""
    apps = {"AppServer", "UpgradedServer", "app_port"}
    apart = _apart(item.path) is not None
    return apart or not isinstance(item, pytest.Function) or apps.isdisjoint(vars(item.module))


@functools.cache
def _apart(path: Path) -> Path | None:
    """The folder of what runs apart in which ``path`` lies. Thousands of tests share a path, and
    to compare its parents for each took a tenth of the time of collecting."""
    return next((place for place in _APART if place in path.parents), None)


def _check_place(item: pytest.Item) -> None:
    """The Makefile looks for what runs apart in these folders only, and for browsers there."""
    apart = any(item.get_closest_marker(name) for name in ("browser", "slow", "alone"))
    place = _apart(item.path)
    if apart and place is None:
        raise pytest.UsageError(
            f"{item.nodeid} would not be run by make test: move it to {_APART}"
        )
    if place == _APART[0] and not apart:
        raise pytest.UsageError(f"{item.nodeid} would not run apart: mark it with browser")


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Material:
    """Drawn people and the pack that knows them."""
    return write_material(tmp_path_factory.mktemp("material"))


@pytest.fixture(scope="session")
def material(request: pytest.FixtureRequest) -> Material:
    """Real people where there is test data of them, else drawn ones."""
    if has_real_material():
        return real_material()
    drawn: Material = request.getfixturevalue("drawn")
    return drawn


_KINDS = ["drawn", *PACKS]
_DAILY = every_day_but({"drawn", *PACKS[1:]}, _KINDS) if has_real_material() else ["drawn"]


@pytest.fixture(scope="module", params=_DAILY)
def each_material(request: pytest.FixtureRequest, drawn: Material) -> Material:
    """Real people and a pack that was trained, where there is test data of them, else drawn ones.
    The same test is run with the others every night: drawn people, and the other pack."""
    return drawn if request.param == "drawn" else real_material(request.param)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with redis_servers.standalone(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis_client(redis_server: Server) -> Iterator[Client]:
    """A client of an empty standalone server."""
    client = connect(RedisAddress(nodes=(("127.0.0.1", redis_server.port),)))
    client.flushall()
    yield client
    client.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server of this worker's own."""
    with postgres_server.running() as server:
        yield server


@pytest.fixture
def archive_url(postgres: Postgres) -> Iterator[str]:
    """An empty database of it."""
    name = f"archive_{secrets.token_hex(4)}"
    postgres.ask(f"CREATE DATABASE {name}")
    yield postgres.url(name)
    postgres.ask(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def redis_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    with redis_servers.cluster(tmp_path_factory.mktemp("cluster")) as servers:
        yield servers


@pytest.fixture
def cluster_client(redis_cluster: list[Server]) -> Iterator[Client]:
    """A client of an empty cluster of three masters."""
    for server in redis_cluster:
        server.client().flushall()
    nodes = tuple(("127.0.0.1", server.port) for server in redis_cluster)
    client = connect(RedisAddress(mode="cluster", nodes=nodes))
    yield client
    client.close()

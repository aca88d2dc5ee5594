"""deploy/install.sh in a bare Debian: from nothing to the answering app, upgraded, removed.

Debian's own minimal root, made anew, so that no step leans on what a developer's machine has.
What comes from outside is the network's: DNS, certificates, and pip's settings.
"""

import configparser
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config import ROOT

# One group: two workers would make a root each, and install everything in both.
# To install everything takes three minutes of a core: every night, and in a job of its own.
pytestmark = [
    pytest.mark.slow, pytest.mark.nightly, pytest.mark.timeout(900),
    pytest.mark.xdist_group("install"),
]  # fmt: skip

MIRROR = os.environ.get("FACE_TEST_MIRROR")  # else the one that debootstrap knows
NAME = "face-attendance"
PARTS = ("app.py", "config.py", "requirements.txt", "requirements.lock", "LICENSE", "README.md",
         ".env.example", ".streamlit", "face_rec", "pages", "deploy")  # fmt: skip


class BareRoot:
    """A Debian in a folder. Commands run in namespaces of their own: nothing outlives them."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            self._inside(*command), capture_output=True, text=True, check=False, timeout=600
        )

    def start(self, *command: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(self._inside(*command), start_new_session=True)

    def install(self, *options: str) -> str:
        """Run the script; what it said."""
        done = self.run("/src/deploy/install.sh", *options)
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        return done.stdout + done.stderr

    def _inside(self, *command: str) -> list[str]:
        kept = {k: v for k, v in os.environ.items() if k.startswith("PIP_")}
        kept |= {"PIP_CERT": "/etc/outside.crt"} if self._file("etc/outside.crt").exists() else {}
        clean = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"}
        pairs = [f"{name}={value}" for name, value in {**kept, **clean}.items()]
        own = ["unshare", "--mount", "--pid", "--fork", "--kill-child",
               f"--mount-proc={self._file('proc')}"]  # fmt: skip
        return [*own, "chroot", str(self.path), "env", "-i", *pairs, *command]

    def _file(self, name: str) -> Path:
        return self.path / name

    @property
    def release(self) -> str:
        return (self.path / "opt" / NAME / "current").readlink().name


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BareRoot]:
    _skip_unless_possible()
    path = tmp_path_factory.mktemp("bare") / "root"
    made = subprocess.run(
        ["debootstrap", "--variant=minbase", "bookworm", str(path), *([MIRROR] if MIRROR else [])],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.skip(f"debootstrap cannot make a root here: {made.stdout[-400:]}")
    _furnish(path)
    yield BareRoot(path)
    shutil.rmtree(path)


def _skip_unless_possible() -> None:
    if os.geteuid():
        pytest.skip("making a root needs root; run: sudo make test")
    if shutil.which("debootstrap") is None:
        pytest.skip("no debootstrap; install the package debootstrap")
    if subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"], check=False).returncode:
        pytest.skip("this machine allows no namespaces")


def _furnish(path: Path) -> None:
    """The source as an archive of it would be, and what the network needs."""
    source = path / "src"
    source.mkdir()
    for part in PARTS:
        whole = ROOT / part
        if whole.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(whole, source / part, ignore=ignored)
        else:
            shutil.copy(whole, source / part)
    for name in ("etc/resolv.conf", "etc/hosts", "etc/pip.conf"):
        if Path("/", name).exists():
            shutil.copy(Path("/", name), path / name)
    certificates = Path("/etc/ssl/certs/ca-certificates.crt")
    if certificates.exists():
        shutil.copy(certificates, path / "etc/outside.crt")
    for folder in os.environ.get("PIP_FIND_LINKS", "").split():
        if Path(folder).is_dir():
            shutil.copytree(folder, path / folder.lstrip("/"))
    policy = path / "usr/sbin/policy-rc.d"  # as in any image: packages start no services
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)


@pytest.fixture(scope="module")
def installed(bare: BareRoot) -> BareRoot:
    said = bare.install()
    assert "installing release" in said
    return bare


@contextmanager
def _service(root: BareRoot, port: int) -> Iterator[None]:
    """The app as its unit starts it."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(root.path / f"etc/systemd/system/{NAME}.service", encoding="utf-8")
    service = unit["Service"]
    process = root.start(
        "setpriv", f"--reuid={service['User']}", f"--regid={service['Group']}", "--init-groups",
        "--no-new-privs", "env", f"--chdir={service['WorkingDirectory']}",
        "HOME=/var/lib/face-attendance", f"PORT={port}", *service["ExecStart"].split(),
    )  # fmt: skip
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _alive(root: BareRoot, port: int) -> bool:
    """What the watchdog asks, within two minutes: the machine may be busy."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        command = ("env", f"--chdir=/opt/{NAME}/current", f"PORT={port}", ".venv/bin/python",
                   "-m", "deploy.alive")  # fmt: skip
        if root.run(*command).returncode == 0:
            return True
        time.sleep(1)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_app_answers_as_its_unit_starts_it(installed: BareRoot) -> None:
    port = _free_port()
    with _service(installed, port):
        assert _alive(installed, port)


def test_the_doctor_finds_all_but_the_models_in_order(installed: BareRoot) -> None:
    done = installed.run(
        "setpriv", f"--reuid={NAME}", f"--regid={NAME}", "--init-groups", "env",
        f"--chdir=/opt/{NAME}/current", "HOME=/var/lib/face-attendance", ".venv/bin/python", "-m",
        "face_rec", "doctor",
    )  # fmt: skip
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAIL")]
    assert [line.split(":")[0] for line in failed] == ["FAIL models"], done.stdout + done.stderr


def test_settings_and_data_are_nobody_elses(installed: BareRoot) -> None:
    settings = installed.path / f"etc/{NAME}/settings.env"
    assert settings.stat().st_mode & 0o777 == 0o640
    text = settings.read_text()
    assert f"\nDATA_DIR=/var/lib/{NAME}\n" in text
    assert "\nACCOUNTS=on\n" in text
    data = (installed.path / f"var/lib/{NAME}").stat()
    assert data.st_mode & 0o777 == 0o700
    assert data.st_uid != 0
    code = installed.path / f"opt/{NAME}/releases/{installed.release}/app.py"
    assert (code.stat().st_uid, code.stat().st_mode & 0o022) == (0, 0)


def test_running_it_again_changes_nothing(installed: BareRoot) -> None:
    before, settings = installed.release, installed.path / f"etc/{NAME}/settings.env"
    settings.write_text(settings.read_text() + "TITLE=Ours\n")
    assert "installing release" not in installed.install()
    assert installed.release == before
    assert "TITLE=Ours" in settings.read_text()


def test_an_upgrade_keeps_settings_data_and_the_release_before(installed: BareRoot) -> None:
    before, data = installed.release, installed.path / f"var/lib/{NAME}/kept"
    data.write_text("here")
    with (installed.path / "src/README.md").open("a") as readme:
        readme.write("\nA newer version.\n")
    said = installed.install()
    assert installed.release != before
    assert "installing Python packages" not in said  # the same ones serve
    assert (installed.path / f"opt/{NAME}/releases/{before}/app.py").is_file()
    assert data.read_text() == "here"
    port = _free_port()
    with _service(installed, port):
        assert _alive(installed, port)


def test_other_systems_are_refused_with_advice(bare: BareRoot) -> None:
    release = bare.path / "usr/lib/os-release"
    text = release.read_text()
    release.write_text(text.replace("ID=debian", "ID=slackware"))
    done = bare.run("/src/deploy/install.sh")
    release.write_text(text)
    assert done.returncode == 1
    assert "supported are Debian 12 and 13" in done.stderr


def test_uninstalling_leaves_settings_and_data(installed: BareRoot) -> None:
    data = installed.path / f"var/lib/{NAME}/kept"
    data.write_text("here")
    installed.install("--uninstall")
    assert not (installed.path / f"opt/{NAME}").exists()
    assert not list((installed.path / "etc/systemd/system").glob(f"{NAME}*"))
    assert data.read_text() == "here"
    assert (installed.path / f"etc/{NAME}/settings.env").is_file()

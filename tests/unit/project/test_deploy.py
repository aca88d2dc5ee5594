"""deploy/: units, installer, image, composition and their page are what they say."""

import ast
import configparser
import ipaddress
import re
import shutil
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import redis
import yaml
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

import app as entry
from config import ROOT, declared, load
from deploy import alive
from face_rec import assembly
from face_rec.__main__ import parser
from face_rec.assembly.web.handover import READY_SECONDS
from face_rec.domain.kiosks.look import LOGO_UPLOAD
from face_rec.models.packs.catalogue import OFFICIAL
from face_rec.people.imports.collection import MOST_TABLE_BYTES
from face_rec.people.photos.photos import MAX_BYTES
from face_rec.web.base import uploads
from face_rec.web.gate.route_rules import BELOW, Way, rule_for

DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "face-attendance.service"
UNITS = sorted((*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")))
INSTALL = DEPLOY / "install.sh"
README = DEPLOY / "README.md"


def _unit() -> configparser.ConfigParser:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(UNIT, encoding="utf-8")
    return unit


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("User", "face-attendance"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("UMask", "0077"),
        ("StateDirectory", "face-attendance"),
        ("StateDirectoryMode", "0700"),
        ("Restart", "on-failure"),
        ("RestartPreventExitStatus", "2"),
        (
            "NotifyAccess",
            "exec",
        ),  # who leaves names the main process, and who comes inherits the way
        ("KillMode", "mixed"),  # a signal to all would kill the embedded Redis first
    ],
)
def test_the_service_is_closed_and_stops_in_order(name: str, value: str) -> None:
    assert _unit()["Service"][name] == value


def test_a_reload_is_waited_for_longer_than_a_new_version_may_take_to_get_ready() -> None:
    """systemd gives a reload 90 s unless told otherwise."""
    assert int(_unit()["Service"]["TimeoutStartSec"]) >= READY_SECONDS + 60


def test_service_and_commands_share_one_file_of_settings() -> None:
    state = "/var/lib/" + _unit()["Service"]["StateDirectory"]
    script = INSTALL.read_text(encoding="utf-8")
    assert "NAME=face-attendance\n" in script
    assert f"DATA={state.replace('face-attendance', '$NAME')}\n" in script
    assert 'set_setting DATA_DIR "$DATA"' in script
    assert 'ln -s "$SETTINGS" "$target/.env"' in script
    assert "EnvironmentFile" not in _unit()["Service"]


def _runnable(unit: Path, folder: Path) -> Path:
    """The unit with programs and folders that exist on this machine."""
    text = unit.read_text(encoding="utf-8")
    text = text.replace("/opt/face-attendance/current/.venv/bin/python app.py", sys.executable)
    copy = folder / unit.name
    copy.write_text(text.replace("/opt/face-attendance/current", str(ROOT)))
    return copy


def _systemd(*arguments: str) -> "subprocess.CompletedProcess[str]":
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd-analyze on this machine")
    return subprocess.run(
        [program, *arguments], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_understands_every_line(tmp_path: Path, unit: Path) -> None:
    for other in UNITS:
        _runnable(other, tmp_path)
    result = _systemd("verify", "--man=no", str(tmp_path / unit.name))
    said = [line for line in result.stderr.splitlines() if "face-attendance" in line]
    assert said == []


@pytest.mark.parametrize(
    ("name", "threshold"),
    [("face-attendance", "25"), ("face-attendance-cameras", "25"),
     ("face-attendance-watchdog", "70")],  # the last one is root
)  # fmt: skip
def test_systemd_counts_the_services_as_well_protected(
    tmp_path: Path, name: str, threshold: str
) -> None:
    unit = str(_runnable(DEPLOY / f"{name}.service", tmp_path))
    result = _systemd("security", "--offline=true", f"--threshold={threshold}", "--no-pager", unit)
    assert result.returncode == 0, result.stdout + result.stderr


def test_workers_of_cameras_are_the_command_that_serves_them() -> None:
    unit = (DEPLOY / "face-attendance-cameras.service").read_text("utf-8")
    service = _compose()["services"]["cameras"]
    for words in (unit.split("ExecStart=")[1].split("\n")[0].split(), service["command"]):
        assert words[-3:] == ["-m", "face_rec", "cameras"]
    parsed = parser().parse_args(["cameras"])
    assert parsed.run.__module__ == "face_rec.cli.cameras"


def test_the_watchdog_asks_the_app_and_leaves_a_stopped_one_alone() -> None:
    text = (DEPLOY / "face-attendance-watchdog.service").read_text("utf-8")
    assert "-m deploy.alive" in text
    assert "systemctl is-active --quiet face-attendance || exit 0" in text


def test_the_installer_is_shell_that_stops_at_a_failure() -> None:
    assert subprocess.run(["bash", "-n", INSTALL], check=False).returncode == 0
    assert "set -euo pipefail" in INSTALL.read_text("utf-8")
    helped = subprocess.run([INSTALL, "--help"], capture_output=True, text=True, check=True)
    for option in ("--uninstall", "--fresh", "--domain", "--no-start"):
        assert option in helped.stdout


@pytest.mark.parametrize(
    ("domain", "known", "status"), [("", 1, 0), ("a.org", 0, 0), ("a.org", 1, 1)]
)
def test_a_system_without_caddy_is_told_before_anything_is_installed(
    domain: str, known: int, status: int
) -> None:
    text = INSTALL.read_text("utf-8")
    (check,) = re.findall(r"^check_caddy\(\) \{.*?^\}", text, re.MULTILINE | re.DOTALL)
    stubs = f"apt-cache() {{ return {known}; }}; stop() {{ exit 1; }}; DOMAIN='{domain}'\n"
    said = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f"{stubs}{check}\ncheck_caddy"], check=False
    )
    assert said.returncode == status
    steps = text[text.index("\nmain() {") :]
    assert steps.index("  check_caddy\n") < steps.index("  install_release\n")


# --- alive -----------------------------------


@contextmanager
def _answering(status: int) -> Iterator[tuple[int, list[str]]]:
    """A server that answers everything with ``status``; its port, and the hosts asked for."""
    hosts: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hosts.append(self.headers["Host"])
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield int(server.server_address[1]), hosts
        server.shutdown()


@pytest.mark.parametrize(("status", "wanted"), [(200, 0), (503, 1)])
def test_alive_tells_by_its_exit_status(
    monkeypatch: pytest.MonkeyPatch, status: int, wanted: int
) -> None:
    with _answering(status) as (port, hosts):
        monkeypatch.setenv("PORT", str(port))
        monkeypatch.setenv("ALLOWED_HOSTS", "*.example.org,door.example.org")
        assert alive.main() == wanted
        assert hosts == ["door.example.org"]


@pytest.mark.parametrize(
    ("app", "status"),
    [
        ("os.write(int(sys.argv[1].partition('=')[2]), b'serving')", 0),
        ("sys.exit(1)", 1),
        ("os.kill(os.getpid(), 9)", 1),
    ],
)
def test_upgrade_returns_when_the_new_process_serves_or_has_ended(
    tmp_path: Path, app: str, status: int
) -> None:
    (tmp_path / "app.py").write_text(f"import os, sys\n{app}\n", "utf-8")
    code = (
        f"import sys, pathlib, deploy.upgrade as one; one.ROOT = pathlib.Path({str(tmp_path)!r})"
    )
    told = subprocess.run(
        [sys.executable, "-c", f"{code}; sys.exit(one.main())"], cwd=ROOT, check=False,
        capture_output=True, timeout=120,
    )  # fmt: skip
    assert told.returncode == status, told.stderr


def test_nobody_there_is_not_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "1")
    assert alive.main() == 1


def test_caddy_understands_its_file(tmp_path: Path) -> None:
    program = shutil.which("caddy")
    if program is None:
        pytest.skip("no caddy; install the package caddy")
    command = [program, "validate", "--adapter", "caddyfile", "--config"]
    command.append(str(DEPLOY / "Caddyfile"))
    result = subprocess.run(
        command, capture_output=True, text=True, check=False, env={"HOME": str(tmp_path)}
    )
    assert result.returncode == 0, result.stderr


# --- image and composition -----------------------------------


def _compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return read


def test_the_image_has_two_stages_and_a_user_without_rights() -> None:
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert len(re.findall(r"^FROM ", text, re.MULTILINE)) == 2
    assert text.rindex("USER face-attendance") > text.rindex("RUN ")
    assert "HEALTHCHECK" in text
    assert "deploy/install.sh --no-start" in text  # the steps that the bare root has tried
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    named = {name for line in copied for name in line.split()}
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_what_the_installer_copies_is_what_the_image_is_given() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    given = {line[1:] for line in ignored if line.startswith("!")}
    listed = re.search(r"find (app\.py.*?) -type f", INSTALL.read_text("utf-8"), re.DOTALL)
    assert listed is not None
    assert set(listed[1].replace("\\", "").split()) == given
    assert "**/*.onnx" in ignored


def test_only_the_proxy_is_published_and_the_app_can_write_nothing_else() -> None:
    services = _compose()["services"]
    assert set(services) == {"app", "cameras", "redis", "archive", "caddy", "turn"}
    assert [name for name, one in services.items() if "ports" in one] == ["caddy"]
    assert services["archive"]["profiles"] == ["archive"]
    for app in (services["app"], services["cameras"], services["archive"]):
        assert app["read_only"] is True
        assert app["cap_drop"] == ["ALL"]
    assert services["redis"]["image"].startswith("redis:8-alpine@sha256:")
    assert "--appendonly yes" in services["redis"]["command"][-1]
    assert "requirepass" in services["redis"]["command"][-1]


def test_the_proxy_is_the_only_one_that_is_trusted() -> None:
    compose = _compose()
    (network,) = compose["networks"]["inside"]["ipam"]["config"]
    proxy = compose["services"]["caddy"]["networks"]["inside"]["ipv4_address"]
    assert compose["services"]["app"]["environment"]["TRUSTED_PROXIES"] == proxy
    assert ipaddress.ip_address(proxy) in ipaddress.ip_network(network["subnet"])


def test_no_secret_is_on_a_command_line_or_in_an_environment() -> None:
    """Both can be read by others: ``ps``, ``docker inspect``, /proc."""
    compose = _compose()
    assert {one["file"] for one in compose["secrets"].values()} == {
        "./secrets/redis_password", "./secrets/turn_secret", "./secrets/archive_password",
        "${ARCHIVE_URL_SECRET:-/dev/null}",
    }  # fmt: skip
    given = {name for s in compose["services"].values() for name in s.get("environment", {})}
    assert not given & {one.name for one in declared() if one.secret}
    assert load({"ARCHIVE_URL_FILE": "/dev/null"}, dotenv=None).archive_place is None
    for path in DEPLOY.rglob("*"):
        if path.suffix in {".sh", ".service", ".yaml", ".md"} or path.name == "Dockerfile":
            text = path.read_text("utf-8")
            assert not re.search(
                r"--(requirepass|static-auth-secret|password|token)[ =]\S*\$", text
            )
            assert not re.search(r"(-a|--pass) \S*\$", text)
            assert not re.search(r"""-H ["'][^"']*(token|Authorization)[^"']*\$""", text)


@pytest.mark.heavy
def test_redis_gets_its_password_by_standard_input(tmp_path: Path) -> None:
    """The composition's own command, on this machine."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server")
    password = "n0t-0n-the-command-line"
    (tmp_path / "redis_password").write_text(password)
    *_, script = _compose()["services"]["redis"]["command"]
    script = script.replace("$$", "$").replace("/run/secrets", str(tmp_path))
    here = f"--port 0 --unixsocket {tmp_path}/s --dir {tmp_path} <<EOF"
    script = script.replace("docker-entrypoint.sh ", "").replace("<<EOF", here)
    process = subprocess.Popen(["sh", "-c", script])
    client = redis.Redis(unix_socket_path=f"{tmp_path}/s", password=password)
    try:
        wait_for(client)
        shown = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
        assert password not in shown.stdout
        with pytest.raises(redis.exceptions.AuthenticationError):
            redis.Redis(unix_socket_path=f"{tmp_path}/s").ping()
        assert client.config_get("appendonly") == {"appendonly": "yes"}
    finally:
        client.shutdown(nosave=True)
        process.wait(10)


def wait_for(client: redis.Redis) -> None:
    for _ in range(100):
        try:
            client.ping()
        except redis.exceptions.ConnectionError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("redis-server does not answer")


def test_every_variable_of_the_composition_has_an_example() -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    asked = set(re.findall(r"\$\{([A-Z_]+)", text)) | set(
        re.findall(r"environment: ([A-Z_]+)", text)
    )
    example = (DEPLOY / "compose.env.example").read_text("utf-8")
    assert asked - {"IMAGE"} == set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))


def test_what_the_page_adds_to_the_composition_fits_it() -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    more, compose = yaml.safe_load(block), _compose()
    assert set(more["services"]) == {"app", "cameras"}  # all that run the app's own code
    assert set(more["services"]) <= set(compose["services"])
    known = {one.name: one.secret for one in declared()}
    for service in more["services"].values():
        for name, value in service["environment"].items():
            assert known[name.removesuffix("_FILE")] is name.endswith("_FILE")
            assert not name.endswith("_FILE") or Path(value).name in service["secrets"]
        assert set(service["secrets"]) <= set(more["secrets"])
    assert not set(more["secrets"]) & set(compose["secrets"])


def test_everybody_takes_files_of_one_size() -> None:
    """Widgets, Streamlit, gate and proxies; and the default pack's ZIP is smaller."""
    text = {path.name: path.read_text("utf-8") for path in DEPLOY.iterdir() if path.is_file()}
    whole = uploads.LARGEST_MB + uploads.ENVELOPE_MB
    assert re.findall(r"client_max_body_size (\w+);", text["nginx.conf"]) == [f"{whole}m"]
    assert re.findall(r"max_size (\w+)", text["Caddyfile"]) == [f"{whole}MiB"]
    others = "".join(
        text[name] for name in sorted(text) if name not in {"nginx.conf", "Caddyfile"}
    )
    assert not re.search(r"client_max_body_size|max_size|maxUploadSize|MAX_UPLOAD", others)
    rule = rule_for("/_stcore/upload_file/a/b")
    assert rule is not None
    assert rule.most == whole * 2**20
    config = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))
    assert config["server"]["maxUploadSize"] == uploads.LARGEST_MB
    assert entry._options()["server.maxUploadSize"] == uploads.LARGEST_MB
    assert max(pack.download for pack in OFFICIAL.values()) < uploads.LARGEST_MB * 2**20


def test_no_widget_has_a_number_of_its_own_above_it() -> None:
    """Every file_uploader names its size, and none more than the gate lets through."""
    known = {
        "LARGEST_MB": uploads.LARGEST_MB,
        "MAX_BYTES": MAX_BYTES,
        "LOGO_UPLOAD": LOGO_UPLOAD,
        "MOST_TABLE_BYTES": MOST_TABLE_BYTES,
    }
    sizes = []
    for path in (ROOT / "pages").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "st.file_uploader":
                named = {word.arg: ast.unparse(word.value) for word in call.keywords}
                assert "max_upload_size" in named, path
                sizes.append(eval(named["max_upload_size"], {}, known))  # noqa: S307 - our own
    assert len(sizes) >= 4
    assert max(sizes) == uploads.LARGEST_MB


def test_nginx_holds_slow_and_half_open_connections_itself() -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    for line in ("client_header_timeout 10s;", "limit_conn face_attendance_addresses 500;",
                 "server_tokens off;"):  # fmt: skip
        assert line in text
    assert "read_header 10s" in (DEPLOY / "Caddyfile").read_text("utf-8")


def test_proxies_keep_every_link_that_opens_something_out_of_their_logs() -> None:
    links = {
        place.strip("/")
        for place, rule in BELOW.items()
        if rule.way in {Way.OPEN, Way.SIGNED} and not rule.keep
    }
    for name in ("nginx.conf", "Caddyfile"):
        text = (DEPLOY / name).read_text("utf-8")
        (named,) = re.findall(r"\(([^()]*calendar[^()]*)\)/", text)
        assert set(named.removeprefix("?<face_attendance_link>").split("|")) == links, name


# --- trusted proxies -----------------------------------


def _seen_through(client: str, trusted: str) -> dict[str, str]:
    """What the app believes of a request that ``client`` forwards."""

    def show(request: Request) -> JSONResponse:
        address = request.client.host if request.client else ""
        return JSONResponse({"scheme": request.url.scheme, "from": address})

    settings = load({"TRUSTED_PROXIES": trusted, "ACCOUNTS": "off"}, dotenv=None)
    app = Starlette(routes=[Route("/", show)], middleware=assembly.middleware(settings))
    headers = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    answer: dict[str, str] = (
        TestClient(app, "http://localhost", client=(client, 1)).get("/", headers=headers).json()
    )
    return answer


def test_a_trusted_proxy_is_believed_and_nobody_else() -> None:
    assert _seen_through("10.1.2.3", "10.0.0.0/8") == {"scheme": "https", "from": "203.0.113.9"}
    assert _seen_through("192.0.2.1", "10.0.0.0/8") == {"scheme": "http", "from": "192.0.2.1"}
    assert _seen_through("10.1.2.3", "") == {"scheme": "http", "from": "10.1.2.3"}


# --- the page that tells all this -----------------------------------


def _named(text: str) -> set[str]:
    """Words that look like settings."""
    pattern = (
        r"\b((?:REDIS|S3|AWS|TURN|TLS|DATA|CHAIN|TRUSTED|ALLOWED|ICE|LOG|VIDEO)_[A-Z_]+[A-Z])\b"
    )
    return set(re.findall(pattern, text))


@pytest.mark.parametrize("name", ["README.md", "compose.yaml", "nginx.conf", "install.sh"])
def test_the_settings_that_are_named_exist(name: str) -> None:
    known = set(re.findall(r"^# ([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    named = _named((DEPLOY / name).read_text("utf-8"))
    assert {text.removesuffix("_FILE") for text in named} <= known


def test_files_commands_and_sections_that_the_readme_names_exist() -> None:
    text = README.read_text("utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (DEPLOY / target).exists(), target
    for path in re.findall(r"(?<![\w/])deploy/[\w.-]+\w", text):
        assert (ROOT / path).exists(), path
    headings = {line.strip("# ").lower().replace(" ", "-") for line in text.splitlines()
                if line.startswith("#")}  # fmt: skip
    assert set(re.findall(r"\(#([\w-]+)\)", text)) <= headings
    for command in re.findall(r"(?:as_app|-m face_rec) ([a-z]+)", text):
        with pytest.raises(SystemExit) as ended:
            parser().parse_args([command, "--help"])
        assert ended.value.code == 0

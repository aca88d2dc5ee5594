"""deploy/: the unit is understood by systemd and stays as closed as it is; examples parse."""

import configparser
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT

UNIT = ROOT / "deploy" / "face-attendance.service"
README = ROOT / "deploy" / "README.md"


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
        ("KillMode", "mixed"),  # a signal to all would kill the embedded Redis first
    ],
)
def test_the_service_is_closed_and_stops_in_order(name: str, value: str) -> None:
    assert _unit()["Service"][name] == value


def test_service_and_commands_share_one_file_of_settings() -> None:
    told = README.read_text(encoding="utf-8")
    state = "/var/lib/" + _unit()["Service"]["StateDirectory"]
    assert f"echo DATA_DIR={state} | sudo tee -a .env" in told
    assert "EnvironmentFile" not in _unit()["Service"]


def _runnable(folder: Path) -> Path:
    """The unit with a program that exists on this machine."""
    text = UNIT.read_text(encoding="utf-8")
    text = text.replace("/opt/face-attendance/.venv/bin/python app.py", sys.executable)
    copy = folder / UNIT.name
    copy.write_text(text.replace("/opt/face-attendance", str(ROOT)))
    return copy


def _systemd(*arguments: str) -> "subprocess.CompletedProcess[str]":
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd-analyze on this machine")
    return subprocess.run(
        [program, *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def test_systemd_understands_every_line(tmp_path: Path) -> None:
    result = _systemd("verify", "--man=no", str(_runnable(tmp_path)))
    said = [line for line in result.stderr.splitlines() if UNIT.name in line]
    assert said == []


def test_systemd_counts_the_service_as_well_protected(tmp_path: Path) -> None:
    unit = str(_runnable(tmp_path))
    result = _systemd("security", "--offline=true", "--threshold=25", "--no-pager", unit)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_examples_are_json_as_aws_reads_it() -> None:
    text = README.read_text(encoding="utf-8")
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]
    assert len(blocks) == 3
    role = blocks[0]["Statement"]
    assert all("*" not in action for entry in role for action in entry["Action"])


def test_the_settings_named_in_the_readme_exist() -> None:
    known = set(re.findall(r"^# ([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    used = set(re.findall(r"\b((?:REDIS|S3|AWS)_[A-Z_]+[A-Z])\b", README.read_text("utf-8")))
    assert used <= known

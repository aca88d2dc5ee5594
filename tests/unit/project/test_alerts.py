"""deploy/monitoring for real: promtool plays days of figures to the rules."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from config import ROOT

pytestmark = pytest.mark.heavy

FOLDER = ROOT / "deploy" / "monitoring"
RULES = FOLDER / "alerts.yaml"
STEP = 5
"""Minutes between two figures; they begin on 1 January 1970, a Thursday, at midnight UTC."""
DAY = 24 * 60 // STEP
APP = 'job="face-attendance", instance="a"'


def _promtool(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("no promtool; install the package prometheus")
    return subprocess.run(
        [program, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )


def _raised(folder: Path, figures: dict[str, str], alert: str, hours: float) -> bool:
    """Whether ``alert`` stands after so many ``hours`` of ``figures`` in promtool's notation."""
    at = f"{int(hours * 60)}m"
    case = {
        "interval": f"{STEP}m",
        "input_series": [{"series": one, "values": how} for one, how in figures.items()],
        "alert_rule_test": [{"alertname": alert, "eval_time": at, "exp_alerts": []}],
    }
    asked = {"rule_files": [str(RULES)], "evaluation_interval": f"{STEP}m", "tests": [case]}
    (folder / "asked.yaml").write_text(yaml.safe_dump(asked))
    answer = _promtool(folder, "test", "rules", "asked.yaml")
    said = answer.stdout + answer.stderr
    assert answer.returncode == 0 or "got:" in said, said
    return answer.returncode != 0


def test_prometheus_understands_the_rules_and_what_it_is_to_read(tmp_path: Path) -> None:
    said = _promtool(tmp_path, "check", "rules", str(RULES))
    assert said.returncode == 0, said.stdout + said.stderr
    (tmp_path / "metrics.token").write_text("token")
    scrape = (FOLDER / "scrape.yaml").read_text("utf-8")
    (tmp_path / "scrape.yaml").write_text(scrape.replace("/etc/face-attendance", str(tmp_path)))
    said = _promtool(tmp_path, "check", "config", "scrape.yaml")
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.parametrize(("marks", "raised"), [("0", True), ("0+1", False)])
def test_a_morning_on_which_nobody_was_marked_is_told(
    tmp_path: Path, marks: str, raised: bool
) -> None:
    """Of an app that has marked nobody since its start, too: its figures begin at zero."""
    figures = {f'face_rec_marks_total{{{APP}, outcome="marked"}}': f"{marks}x{3 * DAY}"}
    assert _raised(tmp_path, figures, "NoMarksInWorkingHours", 10) is raised
    assert not _raised(tmp_path, figures, "NoMarksInWorkingHours", 20)
    assert not _raised(tmp_path, figures, "NoMarksInWorkingHours", 48 + 10)  # a Saturday


def test_the_first_mark_that_fails_is_told(tmp_path: Path) -> None:
    figures = {f'face_rec_marks_total{{{APP}, outcome="failed"}}': "0x11 1x12"}
    assert not _raised(tmp_path, figures, "MarksFail", 0.9)
    assert _raised(tmp_path, figures, "MarksFail", 1.1)


def test_a_kiosk_that_sends_no_picture_any_more_is_told(tmp_path: Path) -> None:
    """Its figures end with its pictures: the app forgets it half a minute later."""
    nine = 9 * 60 // STEP
    figures = {
        f'face_rec_frame_age_seconds{{{APP}, kiosk="door"}}': f"0.1x{nine} stale",
        f'face_rec_frame_age_seconds{{{APP}, kiosk="yard"}}': f"0.1x{DAY}",
    }
    assert not _raised(tmp_path, figures, "CameraSilent", 9)
    assert _raised(tmp_path, figures, "CameraSilent", 9.5)
    assert not _raised(tmp_path, figures, "CameraSilent", 12)


def test_whoever_was_registered_is_no_kiosk_that_falls_silent(tmp_path: Path) -> None:
    gone = f"0.1x{9 * 60 // STEP} stale"
    figures = {f'face_rec_frame_age_seconds{{{APP}, kiosk="register:a1"}}': gone}
    assert not _raised(tmp_path, figures, "CameraSilent", 9.5)


def test_a_camera_of_the_site_that_sees_nothing_is_told(tmp_path: Path) -> None:
    figures = {f'face_rec_camera_up{{{APP}, camera="gate"}}': "1x12 0x12"}
    assert not _raised(tmp_path, figures, "CameraDown", 1)
    assert _raised(tmp_path, figures, "CameraDown", 1.5)


@pytest.mark.parametrize(
    ("checked", "raised"),
    [(None, True), (3600, True), (24 * 3600, False)],
    ids=["never", "long ago", "lately"],
)
def test_a_chain_that_is_not_checked_is_told_also_where_it_never_was(
    tmp_path: Path, checked: int | None, raised: bool
) -> None:
    figures = {f"process_start_time_seconds{{{APP}}}": f"0x{3 * DAY}"}
    if checked is not None:
        name = f"face_rec_chain_checked_timestamp_seconds{{{APP}}}"
        figures[name] = f"{checked}x{3 * DAY}"
    assert _raised(tmp_path, figures, "ChainNotChecked", 60) is raised
    assert not _raised(tmp_path, figures, "ChainNotChecked", 24)

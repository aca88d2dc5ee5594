""".github/: the workflows check what the project promises, and releases tell what changed."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from config import ROOT
from tests.benchmarks import history
from tests.chaos.deployments import ROWS

WORKFLOWS = ROOT / ".github" / "workflows"
SCRIPTS = ROOT / ".github" / "scripts"


def _workflow(name: str) -> dict[Any, Any]:
    loaded: dict[Any, Any] = yaml.safe_load((WORKFLOWS / name).read_text("utf-8"))
    return loaded


def _jobs(name: str = "ci.yml") -> dict[str, Any]:
    jobs: dict[str, Any] = _workflow(name)["jobs"]
    return jobs


def _commands(job: dict[str, Any]) -> str:
    return "\n".join(step.get("run", "") for step in job["steps"])


def test_tests_run_on_every_python_that_the_project_supports() -> None:
    supported = re.search(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', _text("pyproject.toml"))
    assert supported is not None
    wanted = [f"3.{minor}" for minor in range(int(supported[1]), int(supported[2]))]
    assert _jobs()["tests"]["strategy"]["matrix"]["python"] == wanted


def test_tests_run_with_redis_8_alone_and_as_a_cluster() -> None:
    jobs = _jobs()
    assert jobs["tests"]["services"]["redis"]["image"].startswith("redis:8-alpine@sha256:")
    assert "redis8.sh" in _commands(jobs["tests"])
    cluster = _commands(jobs["cluster"])
    assert "redis8.sh" in cluster
    for path in re.findall(r"tests/\S+\.py", cluster):
        assert (ROOT / path).is_file()


def test_a_change_is_tried_with_as_many_cases_as_are_said() -> None:
    each = re.search(r'"long", .*max_examples=(\d+)', _text("tests/conftest.py"))
    said = re.search(r"([\d,]+) cases", _text(".github/workflows/ci.yml"))
    assert each is not None
    assert said is not None
    readers = len(re.findall(r"(?m)^@given\(", _text("tests/fuzz/test_parsers.py")))
    # Cookies as often as a reader; the API, whose cases cost more, a tenth of that.
    cases = int(each[1]) * (readers + 1) + int(each[1]) // 10
    assert cases == int(said[1].replace(",", "")) >= 100_000


@pytest.mark.parametrize(
    ("job", "command"),
    [
        ("lint", "make lint types"),
        ("browser", '-m "browser and not alone"'),
        ("coverage", "make coverage"),
        ("install", "pytest -q -m slow"),
        ("image", "docker build -f deploy/Dockerfile"),
        ("image", "smoke-image.sh"),
        ("cloudformation", "cfn-lint deploy/cloudformation*.yaml"),
        ("audit", "pip-audit --require-hashes --disable-pip -r requirements.lock"),
    ],
)
def test_each_promise_has_its_job(job: str, command: str) -> None:
    assert command in _commands(_jobs()[job])


@pytest.mark.parametrize("workflow", sorted(WORKFLOWS.glob("*.yml")), ids=lambda p: p.name)
def test_what_runs_is_pinned_by_digest(workflow: Path) -> None:
    text = workflow.read_text("utf-8")
    for used in re.findall(r"uses: (\S+)", text):
        assert used.startswith("./") or re.search(r"@[0-9a-f]{40}$", used), used
    for image in re.findall(r"image: (\S+)", text):
        assert re.search(r"@sha256:[0-9a-f]{64}$", image), image
    assert "pip install" not in text, "install by the lock files: make .venv/.tools"


def test_images_are_built_on_what_is_pinned_by_digest() -> None:
    dockerfile, compose = _text("deploy/Dockerfile"), _text("deploy/compose.yaml")
    bases = re.findall(r"ARG BASE=(\S+)", dockerfile) + re.findall(r"FROM (\S+@\S+)", compose)
    bases += [image for image in re.findall(r"image: (\S+)", compose) if "$" not in image]
    assert len(bases) == 5
    assert all(re.search(r"@sha256:[0-9a-f]{64}$", base) for base in bases)


def test_a_release_says_what_it_is_made_of_and_where_it_was_built() -> None:
    job = _jobs("release.yml")["release"]
    used = [step.get("uses", "") for step in job["steps"]]
    assert any(one.startswith("actions/attest-build-provenance@") for one in used)
    assert any(one.startswith("actions/attest-sbom@") for one in used)
    assert ".github/scripts/sbom.sh" in _commands(job)
    assert job["permissions"]["id-token"] == "write"


def test_pins_are_renewed_by_themselves() -> None:
    updates = yaml.safe_load(_text(".github/dependabot.yml"))["updates"]
    assert {one["package-ecosystem"] for one in updates} >= {"github-actions", "docker"}
    assert "make lock UPGRADE=--upgrade" in _commands(_jobs("lock.yml")["lock"])


@pytest.mark.heavy
@pytest.mark.nightly
def test_the_bill_of_materials_names_every_locked_package(tmp_path: Path) -> None:
    if not (ROOT / ".venv" / "bin" / "python").exists():
        pytest.skip("no .venv here: make test makes one")
    subprocess.run([SCRIPTS / "sbom.sh", tmp_path / "sbom.json"], check=True, capture_output=True)
    made = json.loads((tmp_path / "sbom.json").read_text("utf-8"))
    named = {one["purl"].split("@")[0] for one in made["components"]}
    pinned = re.findall(
        r"^([a-zA-Z0-9_.-]+)(?:\[[^]]*\])?==", _text("requirements.lock"), re.MULTILINE
    )
    assert {f"pkg:pypi/{name.lower()}" for name in pinned} == named


def test_branches_are_measured_and_may_not_become_fewer() -> None:
    settings = tomllib.loads(_text("pyproject.toml"))["tool"]["coverage"]
    assert settings["run"]["branch"] is True
    assert settings["run"]["source"] == ["app", "config", "face_rec", "pages"]
    assert settings["report"]["fail_under"] > 0


def test_nothing_that_fails_counts_as_passed() -> None:
    for path in WORKFLOWS.glob("*.yml"):
        text = path.read_text("utf-8")
        assert "continue-on-error" not in text
        assert "|| true" not in text


def test_every_job_ends_and_may_only_read() -> None:
    for name in ("ci.yml", "nightly.yml", "release.yml"):
        assert _workflow(name)["permissions"] == {"contents": "read"}
        for job in _jobs(name).values():
            assert "uses" in job or job["timeout-minutes"] <= 45


def test_every_night_runs_what_takes_too_long_for_each_change() -> None:
    jobs = _jobs("nightly.yml")
    job = jobs["tests"]
    assert "make ${{ matrix.command }}" in _commands(job)
    targets = re.findall(r"^([a-z-]+):.*##", _text("Makefile"), re.MULTILINE)
    nightly = set(job["strategy"]["matrix"]["command"])
    thorough = {"test-thorough", "test-thorough-browser"}
    assert nightly == {*thorough, "test-clock", "fuzz", "soak"}
    assert set(targets) >= {*nightly, "chaos"}
    assert "make chaos ROW=${{ matrix.row }}" in _commands(jobs["chaos"])
    assert set(jobs["chaos"]["strategy"]["matrix"]["row"]) == set(ROWS)


def test_every_change_passes_faults_of_one_known_seed_and_of_five_others() -> None:
    assert "for seed in 17" + 5 * " $RANDOM" in _commands(_jobs()["chaos"])


def test_what_a_commit_was_measured_at_is_kept_with_all_before_it() -> None:
    flow = _workflow("benchmarks.yml")
    assert flow["permissions"] == {"contents": "read", "actions": "read"}
    assert flow["concurrency"]["cancel-in-progress"] is False
    job = flow["jobs"]["measure"]
    in_order = ["benchmark-history.sh tests/benchmarks", "make bench-quick", "make bench-history"]
    places = [_commands(job).index(one) for one in in_order]
    assert places == sorted(places)
    (kept,) = [step["with"] for step in job["steps"] if "upload-artifact" in step.get("uses", "")]
    assert kept["path"].split() == [
        str(path.relative_to(ROOT)) for path in (history.HISTORY, history.RESULTS)
    ]


@pytest.mark.parametrize("before", [[], ["old", "older"]])
def test_the_newest_history_of_main_is_fetched(tmp_path: Path, before: list[str]) -> None:
    """With a gh that answers as GitHub does, for the list and for the archive."""
    if not shutil.which("unzip") or not shutil.which("jq"):
        pytest.skip("no unzip or no jq here; GitHub's machines have both")
    (tmp_path / "history.jsonl").write_text("\n".join(before) + "\n", "utf-8")
    with zipfile.ZipFile(tmp_path / "made.zip", "w") as made:
        made.write(tmp_path / "history.jsonl", "history.jsonl")
        made.writestr("results.json", "{}")
    runs = [(7, "main", 1, False), (9, "main", 1, True), (8, "work", 1, False),
            (6, "main", 1, False), (9, "main", 2, False)]  # fmt: skip
    artefacts = [
        {"id": number, "expired": expired, "created_at": f"2026-05-0{number}",
         "workflow_run": {"head_branch": branch, "repository_id": 1, "head_repository_id": of}}
        for number, branch, of, expired in [(4, "main", 2, False), *(runs if before else [])]
    ]  # fmt: skip
    (tmp_path / "list.json").write_text(json.dumps({"artifacts": artefacts}), "utf-8")
    gh = tmp_path / "gh"
    gh.write_text(
        '#!/bin/sh\ncd "$(dirname "$0")"\n'
        'case "$2" in */7/zip) cat made.zip ;; *per_page=*) jq -r "$4" list.json ;; '
        "*) exit 1 ;; esac\n",
        "utf-8",
    )
    gh.chmod(0o755)
    out = tmp_path / "out"
    out.mkdir()
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}", "GITHUB_REPOSITORY": "o/r",
    }  # fmt: skip
    said = subprocess.run(
        [SCRIPTS / "benchmark-history.sh", out],
        env=environment, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    found = out / "history.jsonl"
    assert (found.read_text("utf-8").split() if found.exists() else []) == before
    assert said == (
        "2 runs before this one.\n" if before else "No run before this one has left a history.\n"
    )


@pytest.mark.parametrize("job", ["tests", "browser"])
def test_a_fork_s_pull_request_tests_recognition_without_a_secret(
    job: str, tmp_path: Path
) -> None:
    """Of a fork's pull request every secret is empty; its tests must run all the same."""
    steps = _jobs()[job]["steps"]
    (data,) = (step for step in steps if "test-data.sh" in step.get("run", ""))
    assert data["env"] == {"TEST_DATA_URL": "${{ secrets.TEST_DATA_URL }}"}
    assert not any("if" in step for step in steps if "pytest" in step.get("run", ""))
    done = subprocess.run(
        [SCRIPTS / "test-data.sh"], cwd=tmp_path, env={"PATH": os.environ["PATH"]},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "drawn faces" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_pull_requests_of_forks_are_given_no_secret_by_a_trick() -> None:
    """pull_request_target would hand the secrets to code that nobody has looked at."""
    for path in WORKFLOWS.glob("*.yml"):
        assert "pull_request_target" not in _workflow(path.name)[True]


def test_a_release_needs_a_version_tag_and_everything_that_ci_asks() -> None:
    release = _workflow("release.yml")
    assert release[True]["push"]["tags"] == ["v[0-9]+.[0-9]+.[0-9]+"]  # YAML reads "on" as true
    assert release["jobs"]["ci"]["uses"] == "./.github/workflows/ci.yml"
    assert release["jobs"]["release"]["needs"] == "ci"


def test_scripts_and_targets_that_the_workflows_name_are_there() -> None:
    named = {
        found for path in WORKFLOWS.glob("*.yml")
        for found in re.findall(r"\.github/scripts/[\w.-]+", path.read_text("utf-8"))
    }  # fmt: skip
    assert named
    for path in named:
        assert (ROOT / path).is_file()
        assert path.endswith(".py") or os.access(ROOT / path, os.X_OK)
    makefile = _text("Makefile")
    assert "$(VENV)/.tools:" in makefile
    assert {"lint:", "types:"} <= set(re.findall(r"^\w+:", makefile, re.MULTILINE))


@pytest.mark.parametrize("script", sorted(SCRIPTS.glob("*.sh")), ids=lambda path: path.name)
def test_the_scripts_are_shell_that_stops_at_a_failure(script: Path) -> None:
    assert "set -euo pipefail" in script.read_text("utf-8")
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0


# --- the changelog's section of a release --------------------------------------------


def _release_notes() -> ModuleType:
    spec = importlib.util.spec_from_file_location("release_notes", SCRIPTS / "release_notes.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_release_tells_what_changed_in_it_and_nothing_else() -> None:
    changelog = (
        "# Changelog\n\n## Unreleased\n\n- z\n\n## 1.2.0 - 2026-01-01\n\n- b\n\n## 1.1.0\n\n- a\n"
    )
    assert _release_notes().notes(changelog, "1.2.0") == "- b\n"
    assert _release_notes().notes(changelog, "1.1.0") == "- a\n"


@pytest.mark.parametrize("changelog", ["## Unreleased\n- z\n", "## 1.2.0\n\n## 1.1.0\n- a\n"])
def test_a_release_without_a_word_in_the_changelog_is_refused(changelog: str) -> None:
    with pytest.raises(ValueError, match="Write it before tagging"):
        _release_notes().notes(changelog, "1.2.0")


def test_a_tag_that_is_not_the_version_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert _release_notes().main("99.0.0") == 1
    assert "Make them agree" in capsys.readouterr().err


def _text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")

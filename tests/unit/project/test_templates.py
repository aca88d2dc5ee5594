"""Forms for issues and pull requests: GitHub can show them, and they ask nobody for a face."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from config import ROOT

GITHUB = ROOT / ".github"
FORMS = sorted(p for p in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if p.name != "config.yml")
FIELDS = {"markdown", "textarea", "input", "dropdown", "checkboxes"}


def _form(path: Path) -> dict[str, Any]:
    form: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return form


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_has_what_github_needs_to_show_it(path: Path) -> None:
    """https://docs.github.com/en/communities: name, description, body; ids unique."""
    form = _form(path)
    assert form["name"]
    assert form["description"]
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    assert {field["type"] for field in form["body"]} <= FIELDS
    ids = [field["id"] for field in fields]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[\w-]+", one) for one in ids)
    assert all(field["attributes"]["label"] for field in fields)
    for field in fields:
        options = field["attributes"].get("options", ["one"])
        assert options
        assert len(options) == len(set(options))
        assert "None" not in options  # GitHub adds one of its own
    assert any(field.get("validations", {}).get("required") for field in fields)


@pytest.mark.parametrize("name", ["bug", "recognition"])
def test_who_reports_is_asked_to_leave_faces_out(name: str) -> None:
    words = str(_form(GITHUB / "ISSUE_TEMPLATE" / f"{name}.yml"))
    assert re.search(r"no photo of anybody|leave photos of people", words)


def test_a_weakness_is_sent_to_where_nobody_else_reads_it() -> None:
    assert "SECURITY.md" in str(_form(GITHUB / "ISSUE_TEMPLATE" / "bug.yml"))


@pytest.mark.parametrize("path", [*FORMS, GITHUB / "pull_request_template.md"], ids=str)
def test_every_command_that_a_form_names_exists(path: Path) -> None:
    text = path.read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"`make ([a-z-]+)`", text):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    for command in re.findall(r"python -m face_rec ([a-z]+)", text):
        assert list((ROOT / "face_rec" / "cli").rglob(f"{command}*.py")), command

"""``make messages`` warns of a text that cannot be translated, and of nothing else."""

from pathlib import Path

import pytest

from tests.messages import DOMAINS, said_in, template

PLACE = "pages/made.py"


def _read(tmp_path: Path, source: str) -> list[object]:
    path = tmp_path / "made.py"
    path.write_text(source, "utf-8")
    return [found for found, _, _ in said_in(path, PLACE)]


def test_a_value_that_is_put_together_is_no_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = 'said(\n    "until {day}",\n    day=f"{ends:%Y-%m-%d}",\n)\n'
    assert _read(tmp_path, source) == ["until {day}"]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("text", ['f"until {day}"', '"on "\n    f"until {day}"'])
def test_a_text_that_is_put_together_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    _read(tmp_path, f'said("now")\nsaid({text}, name=f"{{name}}!")\n')
    told = capsys.readouterr().err
    line = 2 + text.count("\n")
    assert f"made.py:{line}: warning: Skipping f-string" in told


def test_what_else_babel_warns_of_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _read(tmp_path, 'said("", name=f"{name}!")\n')
    assert "made.py:1: warning: Empty msgid" in capsys.readouterr().err


@pytest.mark.heavy
def test_the_sources_give_no_reason_to_warn(capsys: pytest.CaptureFixture[str]) -> None:
    for domain in DOMAINS:
        template(domain)
    assert capsys.readouterr().err == ""

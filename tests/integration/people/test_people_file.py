"""``python -m face_rec people`` as a user types it, with an embedded Redis."""

from pathlib import Path

import pytest

import config
from face_rec import assembly
from face_rec.__main__ import main
from face_rec.access.audit.audit import Action


def test_a_list_is_applied_noted_and_taken_away_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    for name in ("REDIS_HOST", "REDIS_URL", "REDIS_NODES", "S3_BUCKET"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / "class.csv"
    file.write_text("id;name;group\n7;Ada;7B\n8;=Bob;7B\n9;;7B\n", "utf-8")
    assert main(["people", "apply", str(file), "--dry-run"]) == 0
    assert "2 new, 0 changed, 0 same, 1 refused. Nothing was changed." in capsys.readouterr().out
    assert main(["people", "apply", str(file)]) == 1  # one line was refused
    assert "9  refused: The name is empty" in capsys.readouterr().out
    hostile = tmp_path / "hostile.csv"
    hostile.write_text("id,name\n\x1b[2Jx\u202e,Eve\n", "utf-8")
    assert main(["people", "apply", str(hostile)]) == 1
    assert "\\x1b[2Jx\\u202e  refused" in capsys.readouterr().out, "it writes as it likes"
    out = tmp_path / "out.csv"
    assert main(["people", "export", str(out)]) == 0
    assert out.stat().st_mode & 0o777 == 0o600
    assert b"7,Ada,7B,,yes,0\r\n8,'=Bob,7B,,yes,0\r\n" in out.read_bytes()
    assert main(["people", "apply", str(out)]) == 0
    assert "0 new, 0 changed, 2 same, 0 refused" in capsys.readouterr().out
    with assembly.build(config.load(dotenv=None)) as system:
        noted = [entry.action for entry in system.access.audit.newest(10)]
    assert noted.count(Action.PERSON_REGISTERED) == 2
    assert Action.EXPORTED in noted

"""``python -m face_rec`` as somebody types it whose terminal speaks another language."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import ROOT
from face_rec.__main__ import main
from face_rec.terminal.words import speak
from tests.redis_servers import Server


@pytest.fixture(autouse=True)
def _place(
    redis_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    redis_server.client().flushall()
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{redis_server.port}/0")
    yield
    speak("en")


def _typed(*words: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    """What a process of its own answers."""
    clean = {name: text for name, text in os.environ.items() if name != "LC_ALL"}
    line = [sys.executable, "-m", "face_rec", *words]
    return subprocess.run(
        line, cwd=ROOT, env={**clean, **environ}, capture_output=True, timeout=120, check=False
    )


def test_a_german_terminal_is_answered_in_german_in_every_encoding(tmp_path: Path) -> None:
    place = str(tmp_path / "tö")
    made = _typed("tls", "kiosk.local", "--out", place, LANG="de_DE.UTF-8")
    assert made.returncode == 0, made.stderr
    told = made.stdout.decode("utf-8")
    assert told.startswith("Zertifikat für kiosk.local erzeugt, 825 ")
    assert f"TLS_CERT={place}/cert.pem" in told
    again = _typed("tls", "--out", place, LANG="de_DE.UTF-8", PYTHONIOENCODING="latin-1")
    assert again.returncode == 2
    assert "tö enthält schon ein Zertifikat." in again.stderr.decode("latin-1")
    poor = _typed("tls", "gate", "--out", place + "2", LANG="de_DE", PYTHONIOENCODING="ascii")
    assert poor.returncode == 0, poor.stderr
    assert b"Zertifikat f?r gate" in poor.stdout


def test_who_reads_chinese_is_refused_in_chinese_or_in_english_where_that_has_no_signs() -> None:
    refused = _typed("tls", "--nothing", LANG="zh_CN.UTF-8")
    assert refused.returncode == 2
    assert "错误：无法识别的参数：--nothing" in refused.stderr.decode("utf-8")
    poor = _typed("tls", "--nothing", LANG="zh_CN.UTF-8", PYTHONIOENCODING="ascii")
    assert poor.returncode == 2
    assert b"error: unrecognized arguments: --nothing" in poor.stderr


def test_refusals_and_findings_are_translated_and_json_is_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "ar_EG.UTF-8")
    assert main(["backup"]) == 2
    assert "--out FILE أو --out s3://BUCKET/KEY" in capsys.readouterr().err
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert main(["users", "unlock", "nobody"]) == 2
    assert capsys.readouterr().err.startswith("Ein Konto nobody gibt es nicht. Siehe: python")
    assert main(["verify"]) == 0
    assert "Die Kette hält: " in capsys.readouterr().out
    assert main(["verify", "--json"]) == 0
    spoken = json.loads(capsys.readouterr().out)
    assert main(["--language", "en", "verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == spoken
    monkeypatch.setenv("PORT", "many")
    assert main(["verify"]) == 2
    assert capsys.readouterr().err.startswith("PORT ist 'many'. Erlaubt: ")


def test_a_terminal_that_says_nothing_speaks_as_the_site_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("SITE_LANGUAGE", "fr")
    assert main(["backup"]) == 2
    assert "Dites où va la sauvegarde" in capsys.readouterr().err
    assert main(["--language", "it", "backup"]) == 2
    assert "Dica dove va il backup" in capsys.readouterr().err
    monkeypatch.delenv("SITE_LANGUAGE")
    assert main(["backup"]) == 2
    assert "Say where the backup goes" in capsys.readouterr().err

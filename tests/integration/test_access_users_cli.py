"""``python -m face_rec users`` on the data of an app."""

import io
from pathlib import Path

import pytest

from face_rec.__main__ import main
from tests.redis_servers import Server

PASSWORD = "purple tiger walks uphill"


@pytest.fixture(autouse=True)
def data(redis_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    redis_server.client().flushall()
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{redis_server.port}/0")
    monkeypatch.chdir(tmp_path)


def _users(monkeypatch: pytest.MonkeyPatch, *words: str, typed: str = "") -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
    return main(["users", *words])


def test_an_account_is_added_listed_and_switched_off(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _users(monkeypatch, "add", "Ada", "--role", "admin", typed=PASSWORD) == 0
    assert _users(monkeypatch, "add", "max", "--group", "Staff", typed=PASSWORD) == 0
    assert _users(monkeypatch, "disable", "max") == 0
    assert _users(monkeypatch, "list") == 0
    told = capsys.readouterr().out
    assert "ada" in told
    assert "(switched off)" in told
    assert PASSWORD not in told
    assert _users(monkeypatch, "enable", "max") == 0


@pytest.mark.parametrize(
    ("words", "typed", "says"),
    [
        (("add", "ada"), "short", "at least 15"),
        (("add", "a b"), PASSWORD, "letters a to z"),
        (("disable", "nobody"), "", "no account nobody"),
        (("passwd", "nobody"), PASSWORD, "users list"),
    ],
)
def test_a_refusal_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...], typed: str, says: str,
) -> None:  # fmt: skip
    assert _users(monkeypatch, *words, typed=typed) == 2
    assert says in capsys.readouterr().err


def test_the_last_admin_cannot_be_switched_off(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _users(monkeypatch, "add", "ada", "--role", "admin", typed=PASSWORD)
    assert _users(monkeypatch, "disable", "ada") == 2
    assert "only active administrator" in capsys.readouterr().err
    assert _users(monkeypatch, "passwd", "ada", typed="yellow cactus under water") == 0

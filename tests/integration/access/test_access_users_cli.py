"""``python -m face_rec users`` on the data of an app."""

import io
from pathlib import Path

import pyotp
import pytest

import config
from face_rec import assembly
from face_rec.__main__ import main
from face_rec.access.accounts.account import Account
from face_rec.access.control.access_control import Access
from face_rec.access.limits.attempts import Attempts
from face_rec.access.limits.pace import ONE_NETWORK
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.access.records import RedisAttempts
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


def test_a_lost_second_factor_of_the_only_administrator_is_reset_from_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SECOND_FACTOR_ROLES", "admin")
    _users(monkeypatch, "add", "ada", "--role", "admin", typed=PASSWORD)
    with assembly.build_access(config.load()) as access:
        code = pyotp.TOTP(access.factors.app.begin("browser", "ada")).now()
        access.factors.add_app("browser", "ada", code)
        epoch = _account(access, "ada").epoch
    assert _users(monkeypatch, "reset-factor", "ada") == 0
    assert "next sign-in leads through setting one up" in capsys.readouterr().out
    with assembly.build_access(config.load()) as access:
        assert not access.factors.of("ada").enrolled
        assert not access.factors.of("ada").recovery
        assert _account(access, "ada").epoch == epoch + 1
        noted = access.audit.newest(5)
    assert ("factor.reset", "ada", "command") in [(e.action, e.target, e.kind) for e in noted]
    assert _users(monkeypatch, "reset-factor", "nobody") == 2


def _account(access: Access, name: str) -> Account:
    found = access.accounts.get(name)
    assert found is not None
    return found


def test_an_account_is_unlocked_and_the_audit_log_says_by_whom(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], redis_server: Server
) -> None:
    _users(monkeypatch, "add", "ada", "--role", "admin", typed=PASSWORD)
    attempts = Attempts(RedisAttempts(redis_server.client(), "main"))
    for _ in range(ONE_NETWORK.free):
        attempts.at_account("ada", "203.0.113.9")
    assert attempts.slowed("ada")
    assert _users(monkeypatch, "unlock", "ada") == 0
    assert "forgotten" in capsys.readouterr().out
    assert not attempts.slowed("ada")
    entry = RedisAudit(redis_server.client(), "main").newest(1)[0]
    assert (entry.action, entry.target, entry.kind) == ("account.unlocked", "ada", "command")
    assert _users(monkeypatch, "unlock", "nobody") == 2

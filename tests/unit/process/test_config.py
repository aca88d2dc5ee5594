"""Settings: what each allows, what a refusal says, and that .env.example tells it all."""

import re
import textwrap
from pathlib import Path
from pprint import pformat
from typing import Annotated, get_args
from zoneinfo import ZoneInfo

import pytest
from dotenv import dotenv_values
from pydantic import ValidationError

import config
from config import ROOT, Settings, load
from face_rec.access.rights import ACCOUNT_ROLES
from face_rec.domain.errors import SettingError
from face_rec.languages.language import LANGUAGES
from face_rec.settings.archive import Place
from face_rec.settings.kinds import SECRET, RoleName, WholeNumber
from face_rec.settings.topic import Declared, Topic, describe, refusal, setting

FIELDS = config.declared()
NAMES = [one.name for one in FIELDS]


def _load(**environ: str) -> Settings:
    return load(environ, dotenv=None)


def _refusal(**environ: str) -> str:
    with pytest.raises(SettingError) as refused:
        _load(**environ)
    message = str(refused.value)
    assert "\n" not in message
    return message


# --- .env.example --------------------------------------------------------------------


def _example() -> str:
    """The text that .env.example must have."""
    lines = [
        "# Every setting with its default. Copy this file to .env and change what you need;",
        "# a variable of the environment wins over the file.",
    ]
    section = ""
    for one in FIELDS:
        if one.section != section:
            section = one.section
            lines += ["", f"# --- {section}"]
        meaning = textwrap.wrap(one.meaning, 97, break_on_hyphens=False)
        lines += ["", *(f"# {line}" for line in meaning), _assignment(one)]
    return "\n".join(lines) + "\n"


def _assignment(one: Declared) -> str:
    quoted = f'"{one.default}"' if " " in one.default else one.default
    return f"# {one.name}={quoted}"


def test_the_example_file_lists_every_setting_with_default_and_meaning() -> None:
    wanted = _example()
    written = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert written == wanted, f".env.example must read:\n{wanted}"


def test_the_example_file_with_all_lines_active_means_the_defaults(tmp_path: Path) -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    active = tmp_path / "env"
    active.write_text(re.sub(r"^# ([A-Z0-9_]+=)", r"\1", text, flags=re.MULTILINE))
    assert set(dotenv_values(active)) == set(NAMES)
    assert load({}, dotenv=active) == load({}, dotenv=None)


def test_every_setting_says_what_it_means() -> None:
    assert len(set(NAMES)) == len(NAMES)
    for one in FIELDS:
        assert len(one.meaning) > 10, one.name
        assert one.section, one.name


def test_the_names_that_customers_already_use_stay() -> None:
    kept = {"REDIS_HOST", "REDIS_PORT", "REDIS_DB", "REDIS_PASSWORD", "REDIS_TLS", "REDIS_URL"}
    kept |= {"REDIS_MODE", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    kept |= {"S3_BUCKET", "S3_PREFIX", "S3_ENDPOINT_URL", "SITE", "TIMEZONE", "MODEL_PACK"}
    kept |= {"TLS_CERT", "TLS_KEY", "DATA_DIR"}
    assert kept <= set(NAMES)


# --- where values come from ------------------------------------------------------------


def test_nothing_set_means_the_defaults() -> None:
    settings = _load()
    assert (settings.site, settings.port, settings.bind_address) == ("main", 8501, "127.0.0.1")
    assert settings.timezone == ZoneInfo("UTC")
    assert settings.data_dir == ROOT / "data"
    assert settings.embedded_redis
    assert settings.loopback


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("SITE=from-file\nPORT=9000\n")
    settings = load({"SITE": "from-env"}, dotenv=file)
    assert (settings.site, settings.port, settings.title) == ("from-env", 9000, "Attendance")


def test_the_process_environment_is_read_unless_another_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SITE", "here")
    assert load(dotenv=None).site == "here"


def test_a_file_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    assert load({}, dotenv=tmp_path / "none") == _load()


@pytest.mark.parametrize("empty", ["", "   "])
def test_an_empty_value_means_the_default(empty: str) -> None:
    assert _load(PORT=empty, REDIS_HOST=empty) == _load()


def test_blanks_around_a_value_do_not_matter() -> None:
    assert _load(SITE=" north ").site == "north"


def test_variables_of_others_are_left_alone() -> None:
    assert _load(HOME="/root", PATH="x", REDISCLI_AUTH="y") == _load()


# --- what each allows --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("site", "plant-2", "plant-2"),
        ("title", "Müller & Söhne", "Müller & Söhne"),
        ("timezone", "Asia/Kolkata", ZoneInfo("Asia/Kolkata")),
        ("data_dir", "/srv/data", Path("/srv/data")),
        ("data_dir", "elsewhere", ROOT / "elsewhere"),
        ("port", "443", 443),
        ("bind_address", "localhost", "127.0.0.1"),
        ("bind_address", "::1", "::1"),
        ("log_level", "Debug", "DEBUG"),
        ("log_format", "JSON", "json"),
        ("model_provider", "CUDA", "cuda"),
        ("workers", "8", 8),
        ("match_threshold", "0.42", 0.42),
        ("match_margin", "0", 0.0),
        ("cooldown_seconds", "0", 0),
        ("video_transport", "HTTP", "http"),
        ("camera_worker", "OFF", "off"),
        ("gallery", "INT8", "int8"),
        ("gallery_file", "OFF", False),
        ("redis_url", "rediss://h:1/0", "rediss://h:1/0"),
        ("redis_db", "3", 3),
        ("redis_tls", "YES", True),
        ("redis_tls", "off", False),
        ("redis_nodes", "a:1, b:2", (("a", 1), ("b", 2))),
        ("redis_wait_replicas", "1", 1),
        ("save_snapshots", "0", False),
        ("keep_photos", "0", False),
        ("count_missed", "on", True),
        ("s3_endpoint_url", "http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("s3_encryption", "AES256", "aes256"),
        ("s3_encryption", "aws:kms", "aws:kms"),
    ],
)
def test_a_good_value_is_understood(name: str, text: str, value: object) -> None:
    assert getattr(_load(**{name.upper(): text}), name) == value


@pytest.mark.parametrize(
    ("variable", "text", "allowed"),
    [
        ("SITE", "Main Hall", "1 to 32 lower-case letters, digits and hyphens"),
        ("SITE", "a}x{b", "1 to 32 lower-case letters, digits and hyphens"),
        ("TIMEZONE", "Berlin", "a time zone of the IANA list, such as Europe/Berlin"),
        ("SITE_LANGUAGE", "Klingon", f"one of {', '.join(LANGUAGES)}"),
        ("TIMEZONE", "../etc/passwd", "a time zone of the IANA list, such as Europe/Berlin"),
        ("TITLE", "x" * 81, "a name of 1 to 80 characters"),
        ("BIND_ADDRESS", "myhost", "an IP address, such as 127.0.0.1"),
        ("PORT", "0", "a whole number from 1 to 65535"),
        ("PORT", "65536", "a whole number from 1 to 65535"),
        ("PORT", "80.5", "a whole number from 1 to 65535"),
        ("DRAIN_SECONDS", "31", "a whole number from 0 to 30"),
        ("TLS_CERT", "/no/such/cert.pem", "the path of a file that exists"),
        ("TLS_KEY", "/no/such/key.pem", "the path of a file that exists"),
        ("LOG_LEVEL", "loud", "one of debug, info, warning, error"),
        ("LOG_FORMAT", "xml", "one of text, json"),
        (
            "SECURITY_CONTACT",
            "security@example.org",
            "mailto:somebody@example.org or an https:// address",
        ),
        ("MODEL_PROVIDER", "gpu", "one of auto, cpu, cuda, coreml, directml"),
        ("WORKERS", "-1", "a whole number from 0 to 64"),
        ("MATCH_THRESHOLD", "1.5", "a number from 0.05 to 0.99"),
        ("MATCH_THRESHOLD", "nan", "a number from 0.05 to 0.99"),
        ("MATCH_THRESHOLD", "0,4", "a number from 0.05 to 0.99"),
        ("MATCH_MARGIN", "-0.1", "a number from 0 to 0.9"),
        ("COOLDOWN_SECONDS", "1h", "a whole number from 0 to 86400"),
        ("VIDEO_TRANSPORT", "udp", "one of auto, webrtc, http"),
        ("CAMERA_WORKER", "on", "one of auto, off"),
        ("GALLERY", "hnsw", "one of exact, int8, redis-vectors"),
        ("GALLERY_FILE", "sealed", "true or false"),
        ("VECTORS_URL", "vectors:6379", "a URL beginning with redis:// or rediss:// or unix://"),
        ("REDIS_URL", "http://h", "a URL beginning with redis:// or rediss:// or unix://"),
        ("REDIS_PORT", "many", "a whole number from 1 to 65535"),
        ("REDIS_DB", "-1", "a whole number from 0 to 1023"),
        ("REDIS_TLS", "maybe", "true or false"),
        ("REDIS_MODE", "ring", "one of standalone, cluster, sentinel"),
        ("REDIS_NODES", "a;b", "host:port, several separated by commas"),
        ("REDIS_NODES", "a:1,b", "host:port, several separated by commas"),
        ("REDIS_WAIT_REPLICAS", "6", "a whole number from 0 to 5"),
        ("JOURNAL_HOURS", "721", "a whole number from 0 to 720"),
        ("SAVE_SNAPSHOTS", "2", "true or false"),
        ("KEEP_PHOTOS", "2", "true or false"),
        ("COUNT_MISSED", "often", "true or false"),
        ("PHOTO_CHECKS", "2", "true or false"),
        ("S3_ENDPOINT_URL", "minio:9000", "a URL beginning with http:// or https://"),
        ("S3_ENCRYPTION", "rot13", "one of aes256, aws:kms, none"),
        ("TURN_URL", "https://h", "an address beginning with turn: or turns:"),
        (
            "ICE_SERVERS",
            "stun.example.org",
            "addresses such as stun:stun.example.org:3478, separated by commas",
        ),
        (
            "WEBHOOK_NETWORKS",
            "10.0.0.1/16",
            "addresses or networks such as 10.0.0.0/16, separated by commas",
        ),
        (
            "TRUSTED_PROXIES",
            "10.0.0.1/16",
            "addresses or networks such as 10.0.0.0/16, separated by commas",
        ),
        ("ACCOUNTS", "maybe", "true or false"),
        ("ALLOWED_HOSTS", "a/b", "host names without port, separated by commas"),
        ("SESSION_IDLE_MINUTES", "0", "a whole number from 1 to 1440"),
        ("SESSION_HOURS", "721", "a whole number from 1 to 720"),
        (
            "SECOND_FACTOR_ROLES",
            "root",
            "roles admin, registrar, hr, manager or kiosk, separated by commas",
        ),
        ("LOCAL_SIGN_IN", "maybe", "true or false"),
        ("OIDC_ISSUER", "idp.example", "a URL beginning with http:// or https://"),
        ("PUBLIC_URL", "door.example", "a URL beginning with http:// or https://"),
        ("MODEL_MIRROR", "ftp://packs", "a URL beginning with http:// or https://"),
        (
            "OIDC_ROLES",
            "it=root",
            "group=role,group=role with roles admin, registrar, hr, manager or kiosk",
        ),
        ("BREACH_LIST", "/no/such", "the path of a file or folder that exists"),
        ("OIDC_MANAGER_GROUPS", "hr", "group=group,group=group, such as hr-berlin=Berlin"),
        ("WITNESS_LOCK_DAYS", "1.5", "a whole number from 0 to 3650"),
        ("ARCHIVE_IAM", "2", "true or false"),
        ("REDIS_DAYS", "-1", "a whole number from 0 to 3650"),
        ("SNAPSHOT_DAYS", "1_0", "a whole number from 0 to 3650"),
        ("SNAPSHOT_DAYS", "-1", "a whole number from 0 to 3650"),
        ("INACTIVE_DAYS", "a year", "a whole number from 0 to 3650"),
        ("STRANGER_DAYS", "91", "a whole number from 0 to 90"),
    ],
)
def test_a_refusal_names_the_variable_what_it_was_and_what_is_allowed(
    variable: str, text: str, allowed: str
) -> None:
    assert _refusal(**{variable: text}) == f"{variable} is {text!r}, but must be {allowed}."


def test_every_parser_that_can_refuse_has_been_refused() -> None:
    """Keeps the list above complete: a new checked setting must be added to it."""
    test = test_a_refusal_names_the_variable_what_it_was_and_what_is_allowed
    cases = test.pytestmark[0].args[1]  # type: ignore[attr-defined]
    for name in set(NAMES) - {case[0] for case in cases}:
        assert "must be" not in _complaint(**{name: "neither=this, nor that {}"})


def _complaint(**environ: str) -> str:
    """Perhaps that another setting is missing beside it; nothing where the value is taken."""
    try:
        _load(**environ)
    except SettingError as error:
        return str(error)
    return ""


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "redis_password"
    path.write_text("hunter2\n")
    assert load({"REDIS_PASSWORD_FILE": str(path)}, dotenv=None).redis_password == "hunter2"
    both = {"REDIS_PASSWORD_FILE": str(path), "REDIS_PASSWORD": "x"}
    with pytest.raises(SettingError, match="both set"):
        load(both, dotenv=None)
    with pytest.raises(
        SettingError, match="REDIS_PASSWORD_FILE is '/no/such', but must be a text"
    ):
        load({"REDIS_PASSWORD_FILE": "/no/such"}, dotenv=None)
    assert load({"TITLE_FILE": str(path)}, dotenv=None).title == "Attendance"  # no secret


class _Guarded(Topic):
    """A secret that can be refused; none of ours can."""

    section = "Test"
    pin_secret: Annotated[int, SECRET, WholeNumber(0, 9)] = setting(
        "1", "Nobody knows this number."
    )


def test_a_secret_that_is_refused_is_not_shown() -> None:
    texts = {"PIN_SECRET": "hunter2"}
    with pytest.raises(ValidationError) as wrong:
        _Guarded.model_validate(texts)
    message = str(refusal(wrong.value, describe(_Guarded), texts))
    assert message == "PIN_SECRET is (hidden), but must be a whole number from 0 to 9."


def test_whatever_is_called_a_secret_is_treated_as_one() -> None:
    called = {name for name in NAMES if re.search("PASSWORD|SECRET|TOKEN|(CHAIN|DATA)_KEY", name)}
    called.add("ARCHIVE_URL")  # a password may stand in it
    assert {one.name for one in FIELDS if one.secret} == called
    urls = {name for name in NAMES if "_URL" in name} - called
    assert {one.name for one in FIELDS if one.holds_login} >= urls


@pytest.mark.parametrize("name", ["REDIS_URL", "OIDC_ISSUER"])
@pytest.mark.parametrize(
    "url", ["ftp://user:hunter2@host:6379/0", "user:hunter2@host", "ftp://u:p@hunter2@host"]
)
def test_a_url_that_is_refused_does_not_show_its_password(name: str, url: str) -> None:
    message = _refusal(**{name: url})
    assert "hunter2" not in message
    assert "(hidden)@host" in message


# --- what must fit together ----------------------------------------------------------------


def test_half_a_tls_pair_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file.pem"
    file.write_text("x")
    assert _refusal(TLS_CERT=str(file)) == (
        "TLS_KEY is empty, but HTTPS needs both TLS_CERT and TLS_KEY."
    )
    assert _refusal(TLS_KEY=str(file)).startswith("TLS_CERT is empty")
    assert _load(TLS_CERT=str(file), TLS_KEY=str(file)).tls_cert == file


def test_half_a_relay_is_refused() -> None:
    assert _refusal(TURN_URL="turn:h:3478").startswith("TURN_SECRET is empty")
    assert _refusal(TURN_SECRET="hunter2").startswith("TURN_URL is empty")


def test_a_cluster_has_only_database_0() -> None:
    message = _refusal(REDIS_MODE="cluster", REDIS_NODES="a:1", REDIS_DB="2")
    assert message == "REDIS_DB is 2, but a cluster has only database 0."


def test_an_archive_is_a_database_a_bucket_or_a_folder() -> None:
    places = {
        "postgresql+psycopg://u:hunter2@h/d": Place.DATABASE,
        "postgresql://h/d": Place.DATABASE,
        "s3://bucket/prefix": Place.BUCKET,
        "/srv/archive": Place.FOLDER,
    }
    for url, place in places.items():
        assert _load(ARCHIVE_URL=url).archive_place is place
    assert _load().archive_place is None
    message = _refusal(ARCHIVE_URL="mysql://u:hunter2@h/d")
    assert message.startswith("ARCHIVE_URL leads to nothing")
    assert "hunter2" not in message


@pytest.mark.parametrize(
    "url", ["postgresql://u:p@hunter2@h/d", "postgresql://u:hunter2/d", "postgresql:u:hunter2@h/d"]
)
def test_a_password_of_an_archive_that_would_be_read_as_a_host_is_refused(url: str) -> None:
    """The driver's errors name hosts and ports, and /readyz and the log show them."""
    message = _refusal(ARCHIVE_URL=url)
    assert message.startswith("ARCHIVE_URL")
    assert "hunter2" not in message


@pytest.mark.parametrize(
    "rest",
    [
        "h",
        "u@h/d",
        "u:p%40w:x/#!?y@h:5432/d?sslmode=verify-full&x=a@b",
        "/d?host=/run/pg",
        "[::1]:5/d",
    ],
)
def test_addresses_of_databases_are_taken(rest: str) -> None:
    assert _load(ARCHIVE_URL=f"postgresql+psycopg://{rest}").archive_place is Place.DATABASE


@pytest.mark.parametrize(
    ("environ", "refusal"),
    [
        ({"REDIS_DAYS": "90"}, "REDIS_DAYS is 90, but days leave Redis for a PostgreSQL archive"),
        ({"REDIS_DAYS": "34", "ARCHIVE_URL": "postgresql://h"}, "REDIS_DAYS is 34, but must be 0"),
        ({"ARCHIVE_IAM": "on"}, "ARCHIVE_IAM is on, but ARCHIVE_URL names no PostgreSQL"),
    ],
)
def test_what_an_archive_lacks_is_said(environ: dict[str, str], refusal: str) -> None:
    assert _refusal(**environ).startswith(refusal)


@pytest.mark.parametrize("mode", ["cluster", "sentinel"])
def test_a_mode_without_an_address_is_refused(mode: str) -> None:
    assert _refusal(REDIS_MODE=mode) == (
        f"REDIS_MODE is '{mode}', but needs REDIS_NODES or REDIS_HOST."
    )


@pytest.mark.parametrize(
    "address", [{"REDIS_URL": "redis://h"}, {"REDIS_HOST": "h"}, {"REDIS_NODES": "h:1"}]
)
def test_any_address_of_a_redis_turns_the_embedded_one_off(address: dict[str, str]) -> None:
    assert not _load(**address).embedded_redis


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.5"])  # noqa: S104
def test_without_accounts_the_app_stays_on_this_machine(address: str) -> None:
    message = _refusal(BIND_ADDRESS=address, ACCOUNTS="off")
    assert message.startswith(f"BIND_ADDRESS is '{address}', but must be 127.0.0.1 or ::1")


def test_printing_the_settings_shows_no_secret() -> None:
    secret = {"REDIS_PASSWORD", "AWS_SECRET_ACCESS_KEY", "DATA_KEY", "CHAIN_KEY"}
    settings = _load(**dict.fromkeys(secret, "hunter2"))
    for shown in (repr(settings), str(settings), f"{settings}", pformat(settings)):
        assert "hunter2" not in shown


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        _load().port = 1


def test_what_is_set_can_be_told_from_the_defaults(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TITLE=Plant\nCOOLDOWN_SECONDS=\nOTHER=1\n")
    (tmp_path / "key").write_text("k" * 44)
    environ = {"DATA_KEY_FILE": str(tmp_path / "key"), "PORT": "8501"}
    assert load(environ, dotenv=tmp_path / ".env").given == {"TITLE", "DATA_KEY", "PORT"}


def test_an_empty_variable_hides_the_line_of_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=9000\n")
    assert load({"PORT": " "}, dotenv=tmp_path / ".env").port == 8501


def test_roles_are_called_what_the_app_calls_them() -> None:
    assert set(get_args(get_args(RoleName)[0])) == {role.value for role in ACCOUNT_ROLES}

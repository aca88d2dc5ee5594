"""Every setting, read once from the environment and a ``.env`` file beside this one.

Each field of :class:`Settings` names its variable, its meaning and how its
text is understood; ``.env.example`` and the README's table are held against it
by ``tests/unit/test_config.py``. Only ``app.py``, ``face_rec.assembly`` and
``face_rec.cli`` may import this module.
"""

import dataclasses
import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from dotenv import dotenv_values

from face_rec.errors import SettingError
from face_rec.site_options import cooldown_of, days_of, title_of, whole, zone_of

ROOT = Path(__file__).resolve().parent

T = TypeVar("T")
Parse = Callable[[str], T]


# --- how a text becomes a value; each says in words what it allows ------------


def _text(value: str) -> str:
    return value


def _slug(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,31}", value):
        raise ValueError("1 to 32 lower-case letters, digits and hyphens")
    return value


def _path(value: str) -> Path:
    path = Path(value).expanduser()
    return path if path.is_absolute() else ROOT / path


def _existing_file(value: str) -> Path:
    path = _path(value)
    if not path.is_file():
        raise ValueError("the path of a file that exists")
    return path


def _existing_path(value: str) -> Path:
    path = _path(value)
    if not path.exists():
        raise ValueError("the path of a file or folder that exists")
    return path


def _switch(value: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False}
    if value.lower() not in words:
        raise ValueError("true or false")
    return words[value.lower()]


def _number(low: float, high: float) -> Parse[float]:
    def parse(value: str) -> float:
        message = f"a number from {low:g} to {high:g}"
        try:
            number = float(value)
        except ValueError:
            raise ValueError(message) from None
        if not low <= number <= high:
            raise ValueError(message)
        return number

    return parse


def _one_of(*choices: str) -> Parse[str]:
    def parse(value: str) -> str:
        if value.lower() not in choices:
            raise ValueError("one of " + ", ".join(choices))
        return value.lower()

    return parse


def _log_level(value: str) -> str:
    return _one_of("debug", "info", "warning", "error")(value).upper()


def _address(value: str) -> str:
    try:
        return str(ipaddress.ip_address("127.0.0.1" if value == "localhost" else value))
    except ValueError:
        raise ValueError("an IP address, such as 127.0.0.1") from None


def _url(*schemes: str) -> Parse[str]:
    def parse(value: str) -> str:
        if not re.match(rf"({'|'.join(schemes)})://\S+$", value):
            raise ValueError("a URL beginning with " + " or ".join(f"{s}://" for s in schemes))
        return value

    return parse


def _contact(value: str) -> str:
    if not re.fullmatch(r"(mailto:[^\s@]+@[^\s@]+|https://[^\s/]+\S*)", value):
        raise ValueError("mailto:somebody@example.org or an https:// address")
    return value


def _nodes(value: str) -> tuple[tuple[str, int], ...]:
    nodes = re.findall(r"([^\s,:]+):(\d{1,5})(?:,|$)", value.replace(" ", ""))
    if not nodes or ",".join(f"{h}:{p}" for h, p in nodes) != value.replace(" ", "").rstrip(","):
        raise ValueError("host:port, several separated by commas")
    return tuple((host, int(port)) for host, port in nodes)


def _hosts(value: str) -> tuple[str, ...]:
    names = tuple(name.strip().lower() for name in value.split(",") if name.strip())
    if not names or not all(re.fullmatch(r"(\*\.)?[a-z0-9._:-]+", name) for name in names):
        raise ValueError("host names without port, separated by commas")
    return names


def _ice(value: str) -> tuple[str, ...]:
    urls = tuple(url.strip() for url in value.split(",") if url.strip())
    if not urls or not all(re.fullmatch(r"(stuns?|turns?):[^\s,]+", url) for url in urls):
        raise ValueError("addresses such as stun:stun.example.org:3478, separated by commas")
    return urls


def _turn(value: str) -> str:
    if not re.fullmatch(r"turns?:[^\s,]+", value):
        raise ValueError("an address beginning with turn: or turns:")
    return value


def _networks(value: str) -> tuple[str, ...]:
    try:
        found = [ipaddress.ip_network(part.strip()) for part in value.split(",") if part.strip()]
    except ValueError:
        found = []
    if not found:
        raise ValueError("addresses or networks such as 10.0.0.0/16, separated by commas")
    return tuple(str(network) for network in found)


def _pairs(value: str) -> dict[str, str]:
    parted = [pair.rpartition("=") for pair in value.split(",") if pair.strip()]
    pairs = {left.strip(): right.strip() for left, _, right in parted}
    if not pairs or not all(pairs) or not all(pairs.values()):
        raise ValueError("group=group,group=group, such as hr-berlin=Berlin")
    return pairs


_ROLES = {"admin", "registrar", "hr", "manager", "kiosk"}


def _roles(value: str) -> dict[str, str]:
    pairs = [pair.rpartition("=") for pair in value.split(",") if pair.strip()]
    roles = {group.strip(): role.strip().lower() for group, _, role in pairs}
    if not all(roles) or not set(roles.values()) <= _ROLES:
        raise ValueError("group=role,group=role with roles admin, registrar, hr, manager or kiosk")
    return roles


def _role_names(value: str) -> tuple[str, ...]:
    names = tuple(name.strip().lower() for name in value.split(",") if name.strip())
    if not names or not set(names) <= _ROLES:
        raise ValueError("roles admin, registrar, hr, manager or kiosk, separated by commas")
    return names


def _setting(name: str, default: str, meaning: str, parse: Parse[Any], section: str) -> Any:  # noqa: ANN401
    """A field read from the variable ``name``; an empty text means None."""
    metadata = {"name": name, "default": default, "meaning": meaning, "section": section}
    return field(metadata={**metadata, "parse": parse})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings, checked. Build it with :func:`load`."""

    site: str = _setting(
        "SITE", "main", "Short name of this site; keeps the data of several sites apart.",
        _slug, "The site",
    )  # fmt: skip
    title: str = _setting(
        "TITLE", "Attendance", "Name shown at the top of every page.", title_of, "The site"
    )
    timezone: ZoneInfo = _setting(
        "TIMEZONE", "UTC", "Time zone of the site, such as Europe/Berlin. Stored times are UTC.",
        zone_of, "The site",
    )  # fmt: skip
    data_dir: Path = _setting(
        "DATA_DIR", "data", "Folder for the embedded Redis, journal, snapshots and models.",
        _path, "The site",
    )  # fmt: skip
    consent_version: str = _setting(
        "CONSENT_VERSION", "1", "Version of the consent text, recorded with each consent.",
        _text, "The site",
    )  # fmt: skip
    consent_text: str = _setting(
        "CONSENT_TEXT",
        "I agree that my face is photographed, that a numerical template of it is stored, "
        "and that both are used only to record my attendance. I can withdraw this at any time.",
        "What a person agrees to before their face is stored.",
        _text, "The site",
    )  # fmt: skip

    bind_address: str = _setting(
        "BIND_ADDRESS", "127.0.0.1", "Address the app listens on.", _address, "The web server"
    )
    port: int = _setting("PORT", "8501", "Port of the app.", whole(1, 65535), "The web server")
    tls_cert: Path | None = _setting(
        "TLS_CERT", "", "Certificate file (PEM); with TLS_KEY the app serves HTTPS itself.",
        _existing_file, "The web server",
    )  # fmt: skip
    tls_key: Path | None = _setting(
        "TLS_KEY", "", "Private key file (PEM) of TLS_CERT.", _existing_file, "The web server"
    )
    log_level: str = _setting(
        "LOG_LEVEL", "info", "How much is logged: debug, info, warning or error.",
        _log_level, "The web server",
    )  # fmt: skip
    log_format: str = _setting(
        "LOG_FORMAT", "text", "text for people, json for log collectors.",
        _one_of("text", "json"), "The web server",
    )  # fmt: skip

    security_contact: str | None = _setting(
        "SECURITY_CONTACT", "", "Where somebody who finds a weakness may tell of it: mailto:… or "
        "https://…. Shown at /.well-known/security.txt, before any sign-in.",
        _contact, "The web server",
    )  # fmt: skip

    accounts: bool = _setting(
        "ACCOUNTS", "on", "on: nobody gets in without signing in. off: everybody at this "
        "computer may do everything, and the app listens on 127.0.0.1 only.",
        _switch, "Sign-in",
    )  # fmt: skip
    allowed_hosts: tuple[str, ...] | None = _setting(
        "ALLOWED_HOSTS", "", "Host names the app answers to, separated by commas; empty: "
        "localhost, BIND_ADDRESS and this machine's own names and addresses.",
        _hosts, "Sign-in",
    )  # fmt: skip
    public_url: str | None = _setting(
        "PUBLIC_URL", "", "Address under which other devices reach the app, such as "
        "https://door.example.org; links for kiosks begin with it. Empty: found out.",
        _url("http", "https"), "Sign-in",
    )  # fmt: skip
    trusted_proxies: tuple[str, ...] | None = _setting(
        "TRUSTED_PROXIES", "", "Addresses or networks of the proxies whose X-Forwarded-For and "
        "-Proto are believed, separated by commas; this machine's own always are.",
        _networks, "Sign-in",
    )  # fmt: skip
    session_idle_minutes: int = _setting(
        "SESSION_IDLE_MINUTES", "60", "A sign-in ends after this time without use; an open page "
        "counts as use.",
        whole(1, 1440), "Sign-in",
    )  # fmt: skip
    session_hours: int = _setting(
        "SESSION_HOURS", "12", "A sign-in ends after this time in any case.", whole(1, 720),
        "Sign-in",
    )  # fmt: skip
    breach_list: Path | None = _setting(
        "BREACH_LIST", "", "File or folder of the Have I Been Pwned downloader (SHA-1 or "
        "NTLM): passwords on it are refused. Looked up on this machine; empty: only what is "
        "commonly used is refused.",
        _existing_path, "Sign-in",
    )  # fmt: skip
    local_sign_in: bool = _setting(
        "LOCAL_SIGN_IN", "on", "off: only single sign-on opens the app.", _switch, "Sign-in"
    )
    second_factor_roles: tuple[str, ...] | None = _setting(
        "SECOND_FACTOR_ROLES", "", "Roles whose accounts must have a passkey or an authenticator "
        "app, such as admin,manager; who has none sets it up at the next sign-in. Empty: as each "
        "one likes.",
        _role_names, "Sign-in",
    )  # fmt: skip
    oidc_issuer: str | None = _setting(
        "OIDC_ISSUER", "", "Address of the OpenID Connect provider; empty: no single sign-on.",
        _url("http", "https"), "Sign-in",
    )  # fmt: skip
    oidc_client_id: str | None = _setting(
        "OIDC_CLIENT_ID", "", "Name of this app at the provider.", _text, "Sign-in"
    )
    oidc_client_secret: str | None = _setting(
        "OIDC_CLIENT_SECRET", "", "Secret of this app at the provider.", _text, "Sign-in"
    )
    oidc_roles: dict[str, str] | None = _setting(
        "OIDC_ROLES", "", "Roles by group of the provider, such as it=admin,hr=manager.",
        _roles, "Sign-in",
    )  # fmt: skip
    oidc_manager_groups: dict[str, str] | None = _setting(
        "OIDC_MANAGER_GROUPS", "", "Group of people that a manager sees, by group of the "
        "provider, such as hr-berlin=Berlin,hr=*; * is everybody. Empty: as an administrator sets "
        "it on the Accounts page, nobody before that.",
        _pairs, "Sign-in",
    )  # fmt: skip
    oidc_groups_claim: str = _setting(
        "OIDC_GROUPS_CLAIM", "groups", "Claim of the ID token that lists a person's groups.",
        _text, "Sign-in",
    )  # fmt: skip
    oidc_name_claim: str = _setting(
        "OIDC_NAME_CLAIM", "email", "Claim of the ID token that names the account.", _text,
        "Sign-in",
    )  # fmt: skip

    model_pack: str = _setting(
        "MODEL_PACK", "buffalo_l", "Name of an installed model pack, or the path of a folder.",
        _text, "Recognition",
    )  # fmt: skip
    model_provider: str = _setting(
        "MODEL_PROVIDER", "auto", "Where models run: auto, cpu, cuda, coreml or directml.",
        _one_of("auto", "cpu", "cuda", "coreml", "directml"), "Recognition",
    )  # fmt: skip
    workers: int = _setting(
        "WORKERS", "0", "Recognition threads; 0 means one for each processor core, at most 4.",
        whole(0, 64), "Recognition",
    )  # fmt: skip
    match_threshold: float | None = _setting(
        "MATCH_THRESHOLD", "", "Lowest cosine that may name somebody; empty: from the model's "
        "calibration and the number of people.",
        _number(0.05, 0.99), "Recognition",
    )  # fmt: skip
    match_margin: float | None = _setting(
        "MATCH_MARGIN", "", "Least lead over the second-best person; empty: from the calibration.",
        _number(0.0, 0.9), "Recognition",
    )  # fmt: skip
    cooldown_seconds: int = _setting(
        "COOLDOWN_SECONDS", "60", "A person is not marked again within this time.",
        cooldown_of, "Recognition",
    )  # fmt: skip
    video_transport: str = _setting(
        "VIDEO_TRANSPORT", "auto", "How a kiosk's live video travels: webrtc, http (JPEGs over "
        "the page's own connection), or auto: WebRTC, and HTTP where it does not connect.",
        _one_of("auto", "webrtc", "http"), "Recognition",
    )  # fmt: skip

    ice_servers: tuple[str, ...] | None = _setting(
        "ICE_SERVERS", "",
        "STUN servers for WebRTC beyond the local network, separated by commas.",
        _ice, "Recognition",
    )  # fmt: skip
    turn_url: str | None = _setting(
        "TURN_URL", "", "TURN server that relays WebRTC, such as turn:turn.example.org:3478.",
        _turn, "Recognition",
    )  # fmt: skip
    turn_secret: str | None = _setting(
        "TURN_SECRET", "", "Secret shared with the TURN server (coturn: static-auth-secret).",
        _text, "Recognition",
    )  # fmt: skip

    redis_url: str | None = _setting(
        "REDIS_URL", "", "Whole address of a Redis, instead of the parts below.",
        _url("redis", "rediss", "unix"), "Redis (empty: an embedded Redis in DATA_DIR)",
    )  # fmt: skip
    redis_host: str | None = _setting(
        "REDIS_HOST", "", "Host of a Redis server.", _text,
        "Redis (empty: an embedded Redis in DATA_DIR)",
    )  # fmt: skip
    redis_port: int = _setting(
        "REDIS_PORT", "6379", "Port of the Redis server.", whole(1, 65535),
        "Redis (empty: an embedded Redis in DATA_DIR)",
    )  # fmt: skip
    redis_db: int = _setting(
        "REDIS_DB", "0", "Database number; a cluster has only 0.", whole(0, 1023),
        "Redis (empty: an embedded Redis in DATA_DIR)",
    )  # fmt: skip
    redis_username: str | None = _setting(
        "REDIS_USERNAME", "", "User name, where Redis has access lists.", _text,
        "Redis (empty: an embedded Redis in DATA_DIR)",
    )  # fmt: skip
    redis_password: str | None = _setting(
        "REDIS_PASSWORD", "", "Password of the Redis server.", _text,
        "Redis (empty: an embedded Redis in DATA_DIR)",
    )  # fmt: skip
    redis_tls: bool = _setting(
        "REDIS_TLS", "false", "true to speak TLS with Redis.", _switch,
        "Redis (empty: an embedded Redis in DATA_DIR)",
    )  # fmt: skip
    redis_mode: str = _setting(
        "REDIS_MODE", "standalone", "standalone, cluster or sentinel.",
        _one_of("standalone", "cluster", "sentinel"),
        "Redis (empty: an embedded Redis in DATA_DIR)",
    )  # fmt: skip
    redis_nodes: tuple[tuple[str, int], ...] | None = _setting(
        "REDIS_NODES", "", "Cluster nodes or sentinels as host:port,host:port; "
        "empty: REDIS_HOST and REDIS_PORT.",
        _nodes, "Redis (empty: an embedded Redis in DATA_DIR)",
    )  # fmt: skip
    redis_sentinel_service: str = _setting(
        "REDIS_SENTINEL_SERVICE", "mymaster", "Name of the service that the sentinels watch.",
        _text, "Redis (empty: an embedded Redis in DATA_DIR)",
    )  # fmt: skip
    redis_wait_replicas: int = _setting(
        "REDIS_WAIT_REPLICAS", "0", "Replicas that must have a mark before the journal lets go "
        "of it.",
        whole(0, 5), "Redis (empty: an embedded Redis in DATA_DIR)",
    )  # fmt: skip

    save_snapshots: bool = _setting(
        "SAVE_SNAPSHOTS", "true", "Keep a picture of the moment of each mark.", _switch,
        "Snapshots (no S3_BUCKET: a folder in DATA_DIR)",
    )  # fmt: skip
    s3_bucket: str | None = _setting(
        "S3_BUCKET", "", "S3 bucket for snapshots.", _text,
        "Snapshots (no S3_BUCKET: a folder in DATA_DIR)",
    )  # fmt: skip
    s3_prefix: str = _setting(
        "S3_PREFIX", "attendance/", "Prefix of every key in the bucket.", _text,
        "Snapshots (no S3_BUCKET: a folder in DATA_DIR)",
    )  # fmt: skip
    s3_endpoint_url: str | None = _setting(
        "S3_ENDPOINT_URL", "", "Address of an S3-compatible server; empty: AWS.",
        _url("http", "https"), "Snapshots (no S3_BUCKET: a folder in DATA_DIR)",
    )  # fmt: skip
    s3_encryption: str = _setting(
        "S3_ENCRYPTION", "AES256", "Server-side encryption: AES256, aws:kms or none.",
        _one_of("aes256", "aws:kms", "none"), "Snapshots (no S3_BUCKET: a folder in DATA_DIR)",
    )  # fmt: skip
    s3_kms_key_id: str | None = _setting(
        "S3_KMS_KEY_ID", "", "KMS key for aws:kms; empty: the account's own.", _text,
        "Snapshots (no S3_BUCKET: a folder in DATA_DIR)",
    )  # fmt: skip
    witness_bucket: str | None = _setting(
        "WITNESS_BUCKET", "", "S3 bucket for the copy of the chain's witness; empty: S3_BUCKET.",
        _text, "Snapshots (no S3_BUCKET: a folder in DATA_DIR)",
    )  # fmt: skip
    witness_lock_days: int = _setting(
        "WITNESS_LOCK_DAYS", "0", "Days for which S3 lets nobody change or delete what the "
        "witness wrote; the bucket needs Object Lock. 0: not locked.",
        days_of, "Snapshots (no S3_BUCKET: a folder in DATA_DIR)",
    )  # fmt: skip
    aws_region: str | None = _setting(
        "AWS_REGION", "", "AWS region of the bucket.", _text,
        "AWS (empty: the default credential chain, so an EC2 role needs no keys)",
    )  # fmt: skip
    aws_access_key_id: str | None = _setting(
        "AWS_ACCESS_KEY_ID", "", "Access key.", _text,
        "AWS (empty: the default credential chain, so an EC2 role needs no keys)",
    )  # fmt: skip
    aws_secret_access_key: str | None = _setting(
        "AWS_SECRET_ACCESS_KEY", "", "Secret of the access key.", _text,
        "AWS (empty: the default credential chain, so an EC2 role needs no keys)",
    )  # fmt: skip
    aws_session_token: str | None = _setting(
        "AWS_SESSION_TOKEN", "", "Token of temporary keys.", _text,
        "AWS (empty: the default credential chain, so an EC2 role needs no keys)",
    )  # fmt: skip

    data_key: str | None = _setting(
        "DATA_KEY", "", "Key that encrypts profiles, templates and pictures, in S3 too; empty: "
        "stored as they are. Several separated by commas: the first is used, the others still "
        "open what they sealed. Keep a copy elsewhere: without it all is lost.",
        _text, "Privacy",
    )  # fmt: skip
    chain_key: str | None = _setting(
        "CHAIN_KEY", "", "Key of the tamper-evident chain of marks, several separated by commas "
        "as above; empty: one is made in DATA_DIR/keys. Set it where several machines share one "
        "Redis.",
        _text, "Privacy",
    )  # fmt: skip
    snapshot_days: int = _setting(
        "SNAPSHOT_DAYS", "0", "Pictures of marks are deleted after so many days; 0: never.",
        days_of, "Privacy",
    )  # fmt: skip
    inactive_days: int = _setting(
        "INACTIVE_DAYS", "0", "Templates and photos of people without a mark for so many days "
        "are deleted; 0: never.",
        days_of, "Privacy",
    )  # fmt: skip

    given: frozenset[str] = field(default=frozenset(), compare=False)
    """The variables that the environment or ``.env`` sets; the others have their defaults."""

    def __repr__(self) -> str:
        """Names only what is safe to log: never a password, key or token."""
        return f"Settings(site={self.site!r}, data_dir={str(self.data_dir)!r})"

    @property
    def embedded_redis(self) -> bool:
        return not (self.redis_url or self.redis_host or self.redis_nodes)

    @property
    def secret_files(self) -> tuple[Path, ...]:
        """Files that hold secrets, whether they are there or not."""
        keys = sorted((self.data_dir / "keys").glob("*"))
        return (ROOT / ".env", *([self.tls_key] if self.tls_key else []), *keys)

    @property
    def loopback(self) -> bool:
        return ipaddress.ip_address(self.bind_address).is_loopback


def declared() -> tuple[dataclasses.Field[Any], ...]:
    """The settings that have a variable, in the order of ``.env.example``."""
    return tuple(entry for entry in dataclasses.fields(Settings) if entry.metadata)


def load(
    environ: Mapping[str, str] | None = None, dotenv: Path | None = ROOT / ".env"
) -> Settings:
    """Read ``dotenv`` and ``environ`` (which wins) and check every value. A secret may lie in a
    file instead, which NAME_FILE names, as containers mount them.

    Raises SettingError with one line that names the variable, what it was and
    what is allowed.
    """
    environ = os.environ if environ is None else environ
    written = dotenv_values(dotenv) if dotenv and dotenv.is_file() else {}
    texts = {key: value for key, value in {**written, **environ}.items() if value is not None}
    texts |= _from_files(texts)
    names = {str(entry.metadata["name"]) for entry in declared()}
    given = frozenset(name for name in names if texts.get(name, "").strip())
    settings = Settings(**{f.name: _value(f, texts) for f in declared()}, given=given)
    _check_together(settings)
    return settings


def _from_files(texts: Mapping[str, str]) -> dict[str, str]:
    """The secrets that are given as files."""
    found: dict[str, str] = {}
    for name in (str(entry.metadata["name"]) for entry in declared()):
        path = texts.get(f"{name}_FILE", "").strip()
        if not path or not _is_secret(name):
            continue
        if texts.get(name, "").strip():
            raise SettingError(f"{name} and {name}_FILE are both set. Keep one of them.")
        try:
            found[name] = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise SettingError(
                f"{name}_FILE is {path!r}, but must be a text file that the app may read."
            ) from None
    return found


def _is_secret(name: str) -> bool:
    return re.search("PASSWORD|SECRET|TOKEN|(CHAIN|DATA)_KEY", name) is not None


def _value(entry: dataclasses.Field[Any], texts: Mapping[str, str]) -> Any:  # noqa: ANN401
    name, default = entry.metadata["name"], entry.metadata["default"]
    text = texts.get(name, "").strip() or default
    if not text:
        return None
    try:
        return entry.metadata["parse"](text)
    except ValueError as error:
        raise SettingError(f"{name} is {_shown(name, text)}, but must be {error}.") from None


def _shown(name: str, text: str) -> str:
    """The value as a message may show it; a URL may hold a password before its host."""
    if _is_secret(name):
        return "(hidden)"
    return repr(re.sub("^.*@", "(hidden)@", text, flags=re.DOTALL) if "URL" in name else text)


def _check_together(settings: Settings) -> None:
    """Refuse values that are fine alone and wrong together."""
    if (settings.tls_cert is None) != (settings.tls_key is None):
        missing = "TLS_KEY" if settings.tls_key is None else "TLS_CERT"
        raise SettingError(f"{missing} is empty, but HTTPS needs both TLS_CERT and TLS_KEY.")
    if settings.redis_mode == "cluster" and settings.redis_db:
        raise SettingError(f"REDIS_DB is {settings.redis_db}, but a cluster has only database 0.")
    if settings.redis_mode != "standalone" and settings.embedded_redis:
        raise SettingError(
            f"REDIS_MODE is '{settings.redis_mode}', but needs REDIS_NODES or REDIS_HOST."
        )
    if not settings.loopback and not settings.accounts:
        raise SettingError(
            f"BIND_ADDRESS is '{settings.bind_address}', but must be 127.0.0.1 or ::1 while "
            "ACCOUNTS is off: anybody on the network could use every page."
        )
    if (settings.turn_url is None) != (settings.turn_secret is None):
        missing = "TURN_SECRET" if settings.turn_secret is None else "TURN_URL"
        raise SettingError(f"{missing} is empty, but a relay needs both TURN_URL and TURN_SECRET.")
    _check_sign_in(settings)


def _check_sign_in(settings: Settings) -> None:
    needed = {
        "OIDC_CLIENT_ID": settings.oidc_client_id,
        "OIDC_CLIENT_SECRET": settings.oidc_client_secret,
        "OIDC_ROLES": settings.oidc_roles,
    }
    for name, value in needed.items():
        if settings.oidc_issuer and not value:
            raise SettingError(f"{name} is empty, but single sign-on (OIDC_ISSUER) needs it.")
    if not settings.local_sign_in and not settings.oidc_issuer:
        raise SettingError("LOCAL_SIGN_IN is off, but OIDC_ISSUER is empty: nobody could sign in.")

"""A backup from outside: bounded while it is read, and nothing foreign comes in with it."""

import gzip
import io
import json
import secrets
import tracemalloc
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from face_rec.attendance.rules.rules import KINDS
from face_rec.domain.errors import BackupRefused
from face_rec.stores.backup import backup_file
from face_rec.stores.backup.backup_file import BackupReader, Header
from face_rec.stores.backup.backup_records import LARGEST_ITEM, Admission, BackupKeys, Record
from face_rec.stores.backup.records_reader import parts
from face_rec.stores.redis import access_keys, keys

HEADER = Header("main", datetime(2026, 5, 1, tzinfo=UTC), "1")
DAY = "{main|2026-05-01}"
HONEST = [
    Record("began", "witness", ((b'{"at": "2026-05-01T00:00:00+00:00"}',),)),
    Record("2026-05", "witness", ((b"{}",),)),
    Record("log-0123456789abcdef-2026-05", "witness", ((b"{}\n",), (b"{}\n",))),
    Record(f"attendance:{DAY}", "list", ((b"{}",), (b"{}",))),
    Record(f"seen:{DAY}", "set", ((b"e1",),)),
    Record(f"last:{DAY}", "hash", ((b"s", b"1"),)),
    Record(f"head:{DAY}", "string", ((b"1:ab:cd",),)),
    Record("person:{main}:5ub-ject_1", "hash", ((b"id", b"1"),)),
    Record("rules:{main}", "hash", ((b"version", b"1"),)),
    Record("rules:{main}:shifts", "hash", ((b"1", b"{}"),)),
    Record("access:{main}:accounts", "hash", ((b"ada", b"{}"),)),
    Record("access:{main}:last:beats", "hash", ((b"ada", b"{}"),)),
    Record("audit:{main}", "stream", ((b"1-0", b"entry", b"{}"),)),
    Record("privacy:{main}", "hash", ((b"a", b"b"),)),
]


def _file(records: Iterable[Record]) -> io.BytesIO:
    out = io.BytesIO()
    backup_file.write(out, HEADER, records)
    return io.BytesIO(out.getvalue())


def _read(records: Iterable[Record]) -> list[Record]:
    return list(BackupReader(_file(records), admit=Admission).records())


# --- what may come in --------------------------------------------------------------


def test_every_kind_of_rule_and_who_stands_in_is_in_a_backup() -> None:
    held = BackupKeys("main")
    names = [keys.rule("main", kind.name) for kind in KINDS]
    assert {held.kind(name) for name in names} == {"hash"}
    assert held.kind(access_keys.access("main", "stand-ins")) == "hash"


def test_what_this_app_writes_comes_in() -> None:
    assert _read(HONEST) == HONEST


def test_what_older_backups_hold_needlessly_is_passed_over() -> None:
    older = [
        Record("link:{main}:5ecret", "string", ((b"{}",),)),
        Record("ids:{main}", "hash", ((b"1", b"s"),)),
        Record("access:{main}:key", "string", ((b"k",),)),
    ]
    assert _read([*HONEST, *older]) == HONEST


@pytest.mark.parametrize(
    "record",
    [
        Record("person:{other}:1", "hash", ((b"id", b"1"),)),
        Record("foreign", "string", ((b"1",),)),
        Record("foreign:{main}", "string", ((b"1",),)),
        Record("attendance:{main|2026-05-01}x", "list", ((b"1",),)),
        Record("attendance:{main|2026-05-01}\n", "list", ((b"1",),)),
        Record("rules:{main}:../../x", "hash", ((b"1", b"1"),)),
        Record("attendance:{main|2026-05-01}", "string", ((b"1",),)),
        Record("attendance:{main|2026-05-01}", "witness", ((b"{}",),)),
        Record("person:{main}:1", "EVAL", ((b"1", b"1"),)),
        Record("../../../etc/cron.d/x", "witness", ((b"{}",),)),
        Record("/etc/x", "witness", ((b"{}",),)),
        Record("..", "witness", ((b"{}",),)),
        Record("2026-05\n", "witness", ((b"{}",),)),
        Record("log-0123456789abcdef-2026-05/..", "witness", ((b"{}",),)),
        Record("2026-05", "witness", ((b"{}", b"{}"),)),
        Record("2026-05", "string", ((b"{}",),)),
        Record("person:{main}:1", "hash", ((b"id",),)),
        Record("person:{main}:1", "hash", ((b"id", b"1", b"2"),)),
        Record("head:{main|2026-05-01}", "string", ((b"1",), (b"2",))),
        Record("audit:{main}", "stream", ((b"*", b"entry", b"{}"),)),
        Record("audit:{main}", "stream", ((b"1-0", b"entry"),)),
        Record("privacy:{main}", "hash", ((b"a", b"x" * (LARGEST_ITEM + 1)),)),
        Record("seen:{main|2026-05-01}", "set", tuple((b"%d" % n,) for n in range(1001))),
    ],
    ids=lambda record: f"{record.key[:24]!r} {record.kind}",
)
def test_what_no_backup_of_this_app_holds_is_refused_in_words(record: Record) -> None:
    with pytest.raises(BackupRefused, match=r"no backup of this app holds.*Nothing was written"):
        _read([*HONEST, record])


def test_every_kind_of_key_is_either_in_backups_or_known_to_be_left_out() -> None:
    """A new kind of key must say which: else it is lost with the first restore."""
    day, made = HEADER.made_at.date(), []
    for name in vars(keys):
        function = getattr(keys, name)
        about = (getattr(function, "__doc__", None) or "").split(":")[0].split(",")[0]
        if callable(function) and about in {"Hash", "List", "Set", "String", "Stream", "Counter"}:
            names = function.__code__.co_varnames[: function.__code__.co_argcount]
            values = {"site": "main", "day": day, "stream": "people"}
            made.append((about, function(**{n: values.get(n, "some") for n in names})))
    assert len(made) > 15
    table = BackupKeys("main")
    for about, key in made:
        kind = table.kind(key)
        assert (kind == about.lower()) or (kind is None and table.left_out(key)), key


# --- how much may come in ------------------------------------------------------------


def _packed(*lines: bytes) -> io.BytesIO:
    about = {"format": backup_file.FORMAT, "schema": 1, "site": "main", "version": "1"}
    first = json.dumps({**about, "made_at": HEADER.made_at.isoformat()}).encode() + b"\n"
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb") as packed:
        packed.write(first)
        for line in lines:
            packed.write(line)
    return io.BytesIO(out.getvalue())


def _repeated(line: bytes, megabytes: int) -> io.BytesIO:
    return _packed(*(line * (2**20 // len(line)) for _ in range(megabytes)))


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("line", "most"),
    [
        (b"x", 60 << 20),  # one endless line
        (  # endless lines; of ten kilobytes, because tracing what is allocated takes time for each
            b'{"key":"person:{main}:1","kind":"hash","first":true,"items":[["a","%s"]]}\n'
            % (b"x" * 10_000),
            4 << 20,  # all that is read of them until then, kept, would be 26 MB and more
        ),
    ],
    ids=["one line", "many lines"],
)
def test_a_bomb_is_left_alone_after_a_few_megabytes(line: bytes, most: int) -> None:
    bomb = _repeated(line, 100)
    assert len(bomb.getvalue()) < 500_000
    tracemalloc.start()
    with pytest.raises(BackupRefused, match="not safe"):
        BackupReader(bomb, admit=Admission).verify()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < most


@pytest.mark.heavy
def test_what_is_written_can_be_read_again_however_large_its_values_are() -> None:
    large = tuple((b"%d" % n, secrets.token_bytes(200_000)) for n in range(20))
    records = list(parts("privacy:{main}", "hash", large))
    assert len(records) > 1
    found = _read(records)
    assert tuple(item for record in found for item in record.items) == large
    assert [record.first for record in found] == [True] + [False] * (len(found) - 1)


# --- whatever else it may be --------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 1_000_000 + b"\n",
        b'{"key":1,"kind":"hash","first":true,"items":[]}\n',
        b'{"kind":"hash"}\n',
        b'{"key":"a","kind":"hash","first":1,"items":[]}\n',
        b'{"key":"a","kind":"hash","first":true,"items":[["\\u1234"]]}\n',
        b'{"key":"a","kind":"hash","first":true,"items":7}\n',
        b'{"key":"a","kind":"hash","first":true,"items":[[7]]}\n',
        b'"text"\n',
    ],
    ids=str,
)
def test_a_line_that_is_no_record_is_refused_in_words(line: bytes) -> None:
    with pytest.raises(BackupRefused):
        BackupReader(_packed(line), admit=Admission).verify()


@pytest.mark.parametrize(
    "change",
    [
        {"site": "../x"}, {"site": None}, {"site": "\x1b[2J"}, {"version": "\x1b[2J"},
        {"schema": "one"}, {"schema": 1e400}, {"schema": -1}, {"made_at": "never"},
        {"made_at": 7},
    ],
    ids=str,
)  # fmt: skip
def test_a_header_that_makes_no_sense_is_refused_in_words(change: dict[str, object]) -> None:
    about: dict[str, object] = {
        "format": backup_file.FORMAT, "schema": 1, "site": "main", "version": "1",
        "made_at": HEADER.made_at.isoformat(),
    }  # fmt: skip
    packed = io.BytesIO(gzip.compress(json.dumps({**about, **change}).encode() + b"\n"))
    with pytest.raises(BackupRefused, match="Choose another one"):
        BackupReader(packed)


def test_the_accounts_that_may_do_everything_are_named() -> None:
    accounts = ((b"ada", b'{"role":"admin"}'), (b"bob", b'{"role":"kiosk"}'), (b"\x1b[2J", b"7"))
    evil = (b"e\x1b[2J\xff", b'{"role":"admin"}')
    record = replace(HONEST[10], items=(*accounts, evil))
    found = BackupReader(_file([record]), admit=Admission).verify()
    assert found.admins == ("ada", r"e\x1b[2J\ufffd")

"""Every reader of ours, given what nobody should have written."""

import gzip
import hashlib
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from hypothesis import example
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.util import calc_hash

from face_rec.access.accounts.account import Account
from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Role, rights_of
from face_rec.attendance.rules.holiday_file import read_holidays
from face_rec.attendance.rules.shift import Shift
from face_rec.domain.errors import (
    ArchiveRefused,
    BackupRefused,
    FaceRecError,
    LogoutRefused,
    PackBroken,
    RequestRefused,
    RuleRefused,
    StoreError,
)
from face_rec.kiosks.offline import Capture, OfflineSeal
from face_rec.models.packs import liveness_pack, manifest
from face_rec.people.imports import photo_archive
from face_rec.people.imports.collection import PhotoFile, collected
from face_rec.stores.access import access_codec
from face_rec.stores.attendance import event_codec, rule_codec
from face_rec.stores.attendance.event_codec import MalformedEvent
from face_rec.stores.attendance.rule_codec import MalformedRule
from face_rec.stores.backup import backup_file
from face_rec.stores.backup.backup_file import BackupReader, Header
from face_rec.stores.backup.backup_records import Admission, Record
from face_rec.stores.chain import links, statements
from face_rec.stores.journal import journal_segment
from face_rec.stores.journal.journal import FileJournal
from face_rec.stores.journal.journal_segment import BadLine
from face_rec.stores.sealing import keyring
from face_rec.stores.witness.witness_entry import Entry, entry_of
from face_rec.web.frames.exchange import decode_frame
from face_rec.web.gate.streamlit_messages import BackMessages
from face_rec.web.live.line import LineOver
from face_rec.web.live.live import said_by
from face_rec.web.signin import provider_client
from face_rec.web.signin.oidc import _NO_ANSWER
from tests.fakes.clock import MORNING
from tests.fakes.disk import memory_folder
from tests.fuzz.damage import documents, files, given
from tests.samples import a_chain, an_event, read_both_ways

NOW: Final = datetime(2025, 3, 10, 8, tzinfo=UTC)
EVENT: Final = event_codec.encode(an_event())


@contextmanager
def _refused(*errors: type[Exception]) -> Iterator[None]:
    """Those errors may come out, in words where they are of ours, and no other."""
    said = "-"
    try:
        yield
    except errors as error:
        said = str(error) if isinstance(error, FaceRecError) else "-"
    assert said


# --- journal, marks, chain ----------------------------------------------------------------------


class _Believes:
    """A seal that lets every line through to the reader behind it."""

    def sign(self, line: bytes) -> str:
        return "0"

    def check(self, line: bytes, seal: str) -> bool:
        return True


LINES: Final = (
    journal_segment.event_line(an_event(), _Believes()).rstrip(),
    journal_segment.settled_line("e1", _Believes(), void=True).rstrip(),
)


@given(files(*LINES))
def test_a_line_of_the_journal(line: bytes) -> None:
    with _refused(BadLine):
        assert journal_segment.parsed(line, _Believes())


KEYED: Final = keyring.KeyedSeal("journal", "main", keyring.derived(["s" * 32], "journal"))
WRITTEN: Final = {name: an_event(name, f"s-{name}", n) for n, name in enumerate("abcd")}
SEGMENT: Final = b"".join(
    [
        *(journal_segment.event_line(event, KEYED) for event in WRITTEN.values()),
        journal_segment.settled_line("a", KEYED),
    ]
)


@given(files(SEGMENT))
def test_a_file_of_the_journal_gives_nothing_that_was_not_written(content: bytes) -> None:
    folder = Path(tempfile.mkdtemp(dir=memory_folder()))
    try:
        (folder / "dead.jsonl").write_bytes(content)
        (folder / "older.kept").write_bytes(content)
        journal = FileJournal(folder, KEYED, keep=1e9)
        found = [*journal.pending(), *journal.kept()]
        assert all(event == WRITTEN.get(event.id) for event in found)
        journal.append(an_event("new"))
        journal.close()
    finally:
        shutil.rmtree(folder)


@given(st.one_of(files(EVENT), documents([json.loads(EVENT)])))
@example(b'{"id":' + b"[" * 100_000)
def test_a_stored_mark(content: bytes) -> None:
    with _refused(MalformedEvent):
        assert event_codec.decode(content).at.tzinfo is UTC
    read_both_ways(content)


LINKED: Final = a_chain().append(MORNING.date(), links.Head(), EVENT)[0]
STATED: Final = a_chain().append(
    "people", links.Head(), b'{"id":"1","at":"2025-03-10T08:00:00+00:00","set":{"a":"b"}}'
)[0]


@given(files(LINKED, STATED, b"12:" + b"a" * 64 + b":0123"))
@example(b'{"set":' + b"[" * 100_000 + b',"n":1,"key":"a","link":"' + b"0" * 64 + b'"}')
def test_a_link_and_a_head_of_the_chain(content: bytes) -> None:
    links.parsed(content)
    links.head_of(content)
    statements.statement_of(content)


WITNESSED: Final[dict[str, Any]] = json.loads(
    Entry(
        "a" * 16, 1, NOW, {"2025-03-10": (3, "b" * 64)}, "c", {"2025-03-09": (1, "d")}, "e"
    ).line()
)


@given(documents([WITNESSED]))
@example(json.dumps(WITNESSED | {"n": float("inf")}).encode())
def test_a_line_of_the_witness(content: bytes) -> None:
    entry_of(content)


SIGNED: Final = a_chain().sign("a text").encode()


@given(files(SIGNED))
@example(SIGNED[:-1] + bytes([SIGNED[-1] ^ 0x80]))
def test_a_signature_of_the_chain(content: bytes) -> None:
    for text in {content.decode("latin-1"), content.decode(errors="replace")}:
        assert a_chain().signed("a text", text) in ({True} if content == SIGNED else {False, None})


# --- records ------------------------------------------------------------------------------------

SHIFT: Final[dict[str, Any]] = {
    **json.loads(rule_codec.encode(Shift("1", "Early"))), "earlier": [{"name": "Late"}],
}  # fmt: skip


@given(st.one_of(documents([SHIFT]), files(json.dumps(SHIFT).encode())))
@example(b'{"name":' + b"[" * 100_000)
@example(b'{"earlier":[' * 5000 + b"]}" * 5000)
def test_a_stored_rule(content: bytes) -> None:
    with _refused(MalformedRule):
        rule_codec.decode(Shift, "1", content)


ACCOUNT: Final[dict[str, Any]] = json.loads(
    access_codec.encode(Account(id="ada", role=Role.ADMIN, created_at=NOW))
)


@given(st.one_of(documents([ACCOUNT]), files(json.dumps(ACCOUNT).encode())))
@example(b'{"role":' + b"[" * 100_000)
def test_a_stored_account(content: bytes) -> None:
    with _refused(StoreError):
        access_codec.decode(Account, content)


# --- files that people bring ------------------------------------------------------------------


def _backup() -> bytes:
    out = io.BytesIO()
    records = [
        Record("rules:{main}", "hash", ((b"version", b"1"),)),
        Record("audit:{main}", "stream", ((b"1-0", b"entry", b"{}"),)),
        Record("attendance:{main|2026-05-01}", "list", ((b"{}",),)),
    ]
    backup_file.write(out, Header("main", NOW, "1"), records)
    return gzip.decompress(out.getvalue())


BACKUP: Final = _backup()


@given(files(BACKUP), st.booleans(), st.booleans())
@example(BACKUP.split(b"\n")[0] + b"\n" + b"[" * 100_000 + b"\n\n", True, True)
def test_a_backup(content: bytes, packed: bool, signed: bool) -> None:
    """Also one with a digest that fits what it says."""
    if signed:
        *lines, _ = content.split(b"\n")[:-1] or [b""]
        body = b"".join(line + b"\n" for line in lines)
        end = {"records": max(len(lines) - 1, 0), "sha256": hashlib.sha256(body).hexdigest()}
        content = body + json.dumps(end).encode() + b"\n"
    source = io.BytesIO(gzip.compress(content, 1) if packed else content)
    with _refused(BackupRefused):
        BackupReader(source, admit=Admission).verify()


@given(files(gzip.compress(BACKUP, mtime=0)))
def test_a_packed_backup(content: bytes) -> None:
    with _refused(BackupRefused):
        BackupReader(io.BytesIO(content), admit=Admission).verify()


FILE: Final[dict[str, Any]] = {"name": "a.onnx", "bytes": 3, "sha256": "ab"}
MANIFEST: Final[dict[str, Any]] = {
    "format": 1, "name": "a", "origin": "custom", "installed_at": "2025-03-10T08:00:00+00:00",
    "detection": FILE, "recognition": FILE, "calibration": [{"far": 0.1, "cosine": 0.4}],
}  # fmt: skip
LIVENESS: Final[dict[str, Any]] = {
    "format": 1, "licence": "MIT", "models": [{**FILE, "scale": 2.7, "live": 1}],
}  # fmt: skip


@given(st.one_of(documents([MANIFEST, LIVENESS]), files(json.dumps(MANIFEST).encode())))
@example(json.dumps(MANIFEST | {"recognition": FILE | {"bytes": float("inf")}}).encode())
@example(json.dumps(LIVENESS | {"models": [FILE | {"scale": 1, "live": float("inf")}]}).encode())
@example(b'{"format":' + b"[" * 100_000)
def test_a_manifest(content: bytes) -> None:
    with tempfile.TemporaryDirectory(dir=memory_folder()) as name:
        folder = Path(name)
        for module in (manifest, liveness_pack):
            (folder / module.MANIFEST).write_bytes(content)
        with _refused(PackBroken):
            manifest.read_manifest(folder)
        with _refused(PackBroken):
            liveness_pack.read_manifest(folder)


CALENDAR: Final = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20250310\r\n"
    b"DTEND;VALUE=DATE:20250312\r\nSUMMARY:Feast\\, and\r\n  more\r\nRRULE:FREQ=YEARLY;COUNT=3\r\n"
    b"END:VEVENT\r\nEND:VCALENDAR\r\n"
)
HOLIDAYS: Final = b'date,name,groups\n2025-03-10,Feast,Office;Works\n2025-12-25,"Christ, mas",\n'


@given(files(CALENDAR, HOLIDAYS))
@example(CALENDAR.replace(b"20250310", b"00010101").replace(b"20250312", b"99991231"))
def test_a_list_of_holidays(content: bytes) -> None:
    with _refused(RuleRefused):
        assert read_holidays(content, ["Office"])


TABLE: Final = b'id,name,group,email\n7,Ada,Office,ada@example.org\n8,"B, b",,\n'


@given(files(TABLE, TABLE.replace(b",", b";"), b"\xef\xbb\xbf" + TABLE))
def test_a_table_of_people(content: bytes) -> None:
    with _refused(ArchiveRefused):
        collected([PhotoFile("7/a.jpg", lambda: b"")], content)


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (("people.csv", TABLE), ("7/a.jpg", b"photo" * 9), ("8/b.jpg", b"x")):
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


@given(files(_zip()))
def test_a_zip_of_photos(content: bytes) -> None:
    with _refused(ArchiveRefused), photo_archive.opened(io.BytesIO(content)) as found:
        for person in found.people:
            for photo in person.photos:
                with _refused(ArchiveRefused):
                    photo.read()


def _jpeg() -> bytes:
    image = np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8)
    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 30])[1].tobytes())


JPEG: Final = _jpeg()


@given(files(JPEG, JPEG[:2] + b"\xff\xe1\x00\x10Exif\x00\x00MM\x00*\x00\x00" + JPEG[2:]))
def test_a_picture(content: bytes) -> None:
    with _refused(RequestRefused):
        assert decode_frame(content).ndim == 3


# --- what browsers and kiosks say --------------------------------------------------------------

BEAT: Final[dict[str, Any]] = {
    "beat": {"transport": "webrtc", "camera": "front", "rate": 3.0, "dark": False, "battery": 0.5,
             "state": "open", "version": "1"},
}  # fmt: skip
PRESS: Final[dict[str, Any]] = {"press": {"event": "e1", "way": "in"}}


@given(st.one_of(documents([BEAT, PRESS]), files(json.dumps(BEAT).encode())))
def test_a_message_of_a_kiosk_s_line(content: bytes) -> None:
    with _refused(LineOver):
        said_by(content.decode(errors="replace"))


SEAL: Final = OfflineSeal("main", [b"s" * 32])
STILL: Final = Capture("0" * 32, "door", NOW)


@given(
    st.binary(max_size=80),
    st.datetimes(timezones=st.just(UTC)),
    st.integers(-(10**13) + 1, 10**13 - 1),
)
def test_a_still_that_was_handed_over(sealed: bytes, at: datetime, moved: int) -> None:
    with _refused(RequestRefused):
        SEAL.open(STILL, sealed)
    capture = Capture("0" * 32, "door", at, timedelta(milliseconds=moved))
    with suppress(OverflowError):  # the route takes no time before 1970 or after 5138
        assert capture.mend(NOW).about
    assert isinstance(capture.doubt, str)


useful = BackMessages(BackMsg, calc_hash).useful
VISITORS: Final = [Principal(PrincipalKind.USER, "a", "a", rights_of(role)) for role in Role]


def _messages() -> tuple[bytes, ...]:
    run, file = BackMsg(), BackMsg()
    run.rerun_script.page_name = "overview"
    run.rerun_script.query_string = "a=b"
    file.backend_operation_request.deferred_file.file_id = "a"
    return tuple(bytes(one.SerializeToString()) for one in (run, file, BackMsg(clear_cache=True)))


@given(files(*_messages()), st.sampled_from(VISITORS))
def test_a_message_to_a_page(content: bytes, who: Principal) -> None:
    useful(content, who)


KEY: Final = OctKey.generate_key(256)
TOKEN: Final = jwt.encode({"alg": "HS256"}, {"iss": "i", "aud": "a"}, KEY).encode()


@given(files(TOKEN, TOKEN.split(b".")[0], b"a.b.c"))
def test_a_token_of_another_issuer(content: bytes) -> None:
    with _refused(LogoutRefused, *_NO_ANSWER):
        provider_client.read(content.decode("latin-1"), KeySet([]), "i", "a", 0.0)

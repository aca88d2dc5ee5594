"""A doctor's note beside a request for leave: from a phone through the real gate into a sealed
store, to whoever decides, and gone with its request and its person."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from httpx import Response
from PIL import Image
from starlette.routing import BaseRoute
from starlette.testclient import TestClient

from face_rec.access.accounts.deciding import Decider
from face_rec.assembly.people.personal_data import PrivacyParts, open_privacy
from face_rec.domain.errors import CorrectionRefused, NotAllowed, StoreUnavailable
from face_rec.domain.groups import ALL_GROUPS, only
from face_rec.domain.pictures import Tidied, attached_of
from face_rec.domain.site.own_ways import OwnWay
from face_rec.languages.translator import Translators
from face_rec.privacy.certificate import Certificate
from face_rec.privacy.ports import unasked, unnoted
from face_rec.privacy.privacy_service import Privacy
from face_rec.requests import attachments
from face_rec.requests.attachment import LARGEST
from face_rec.requests.attachments import Attachments
from face_rec.requests.request import KEPT, LeaveRequest, OwnRequests, Standing
from face_rec.requests.request_records import RequestRecords
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import Client
from face_rec.stores.snapshots.plain_snapshots import FolderSnapshots
from face_rec.stores.snapshots.sealed_snapshots import PICTURE, SealedSnapshots
from face_rec.web.frames import snapshots
from face_rec.web.own.files import OwnFiles, routes
from tests.fakes.attendance import FakeAttendance
from tests.fakes.clock import FakeClock
from tests.fakes.options import OPTIONS
from tests.gate_app import ORIGIN, GateApp, access_on, submit
from tests.integration.access.test_own_sign_in import PIN
from tests.integration.stores.test_picture_keys import OLD, people, pictures_of, site_sealer
from tests.samples import a_person, a_template

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
WORDS = Translators()


def photo(kind: str = "JPEG") -> bytes:
    """With the place where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = "taken at the clinic in Bern"
    file = io.BytesIO()
    Image.new("RGB", (90, 60), "#8899aa").save(file, kind, exif=exif)
    return file.getvalue()


class Site:
    """The gate with two people behind it, of whom ada has asked for leave."""

    def __init__(self, client: Client, folder: Path) -> None:
        self.clock, self.folder, self.client = FakeClock(), folder, client
        self.people: RedisPeople = people(client, OLD)
        self.store = SealedSnapshots(FolderSnapshots(folder), pictures_of(client, OLD))
        records = RedisRecords(client, "main", OwnRequests)
        self.records = RequestRecords(records, site_sealer(OLD))
        self.files = Attachments(self.records, self.people, self.store, self.clock)
        parts = OwnFiles(
            lambda subject: list(self.records.of(subject).leaves), self.files,
            lambda code: WORDS.of(code or "en"), lambda: "School",
        )  # fmt: skip
        access = access_on(
            client, self.clock, registered=self.people, own_ways=lambda: frozenset(OwnWay)
        )
        more: list[BaseRoute] = [*routes(lambda: parts), *snapshots.routes(lambda: self.store)]
        self.gate = GateApp(access, self.clock, more=more)
        self.gate.add("boss")
        self.ada, self.bo = (self._person(number, name) for number, name in enumerate(("7", "8")))
        day = self.clock.now().date()
        leave = LeaveRequest("l1", "s", "Sick", day, day, False, 1.0, "", self.clock.now())
        self.records.add(self.ada, lambda found: OwnRequests(found.id, leaves=(leave,)))

    def _person(self, number: int, person_id: str) -> str:
        made = self.people.create(
            a_person(person_id, f"No {person_id}"), [a_template(number)], self.people.revision()
        )
        self.gate.access.pins.set(made, PIN)
        return made.subject

    def phone(self, person_id: str = "7") -> TestClient:
        browser = self.gate.browser()
        assert submit(browser, "/my", {"id": person_id, "pin": PIN}).status_code == 303
        return browser

    def change(self, **changed: object) -> None:
        def change(found: OwnRequests) -> OwnRequests:
            one = found.leave("l1")
            assert one is not None
            return found.having(replace(one, **changed))  # type: ignore[arg-type]

        self.records.change(self.ada, change)

    def names(self) -> tuple[str, ...]:
        one = self.records.of(self.ada).leave("l1")
        return one.attached if one else ()

    def lying(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if "requests" in path.parts]

    def privacy(self) -> Privacy:
        return open_privacy(
            PrivacyParts(
                tidy=Tidied, site="main", options=lambda: OPTIONS, client=self.client,
                people=self.people, writer=self.people, rules=RedisRules(self.client, "main"),
                attendance=FakeAttendance(), snapshots=self.store, clock=self.clock,
                settled=lambda _: True, note=unnoted, encrypted=True, erasing=unasked,
                exporting=unasked, requests=self.records,
            )
        )  # fmt: skip

    def erase(self) -> Certificate:
        return self.privacy().erasure.erase(self.ada, "boss")


@pytest.fixture
def site(redis_client: Client, tmp_path: Path) -> Site:
    return Site(redis_client, tmp_path / "pictures")


def send(browser: TestClient, data: bytes, path: str = "/my/leave/l1") -> Response:
    token = browser.get("/my/leave/l1").text.partition('name="form_token" value="')[2]
    form = {"form_token": token.partition('"')[0]}
    answer: Response = browser.post(
        path, data=form, files={"file": ("Dr. Krebs.jpg", data)}, headers=ORIGIN
    )
    return answer


def test_a_note_goes_sealed_into_the_store_and_out_as_a_download_only(site: Site) -> None:
    phone = site.phone()
    assert "Sick" in phone.get("/my/leave/l1").text
    for data in (photo(), photo("PNG"), PDF):
        assert send(phone, data).status_code == 303
    assert [name.rpartition(".")[2] for name in site.names()] == ["jpg", "jpg", "pdf"]
    lying = [path.read_bytes() for path in site.lying() if path.is_file()]
    assert len(lying) == 3
    assert all(data.startswith(PICTURE) for data in lying), "sealed with the person's own key"
    assert b"Krebs" not in repr(site.client.hgetall("access:{main}:own-requests")).encode()
    shown = phone.get("/my/leave/l1").text
    assert shown.count("download>") == 3
    assert 'type="file"' not in shown, "three are enough"
    picture = phone.get(f"/my/leave/l1/{site.names()[0]}")
    assert picture.headers["content-disposition"] == 'attachment; filename="attachment.jpg"'
    assert picture.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in picture.headers["content-security-policy"]
    assert "no-store" in picture.headers["cache-control"]
    assert b"Bern" in photo()
    assert b"Bern" not in picture.content
    assert Image.open(io.BytesIO(picture.content)).size == (90, 60)
    pdf = phone.get(f"/my/leave/l1/{site.names()[2]}")
    assert (pdf.content, pdf.headers["content-type"]) == (PDF, "application/pdf")
    refused = send(phone, PDF)
    assert (refused.status_code, "Three files" in refused.text) == (400, True)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "Choose a file first"),
        (b"GIF89a" + b"x" * 90, "JPEG, a PNG or a PDF"),
        (b"<svg onload=alert(1)>", "JPEG, a PNG or a PDF"),
        (b"\n" + PDF, "JPEG, a PNG or a PDF"),
        (PDF.replace(b"%%EOF", b""), "not whole"),
        (photo()[:80], "cannot be read"),
        (PDF + b" " * LARGEST, "too large"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
def test_what_is_no_note_is_refused_in_words(site: Site, data: bytes, why: str) -> None:
    answer = send(site.phone(), data)
    assert (answer.status_code, why in answer.text) == (400, True)
    assert (site.names(), site.lying()) == ((), [])


def test_what_nothing_can_be_attached_to_has_no_picture_opened(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "checked", lambda _: pytest.fail("a picture was opened"))
    assert send(site.phone(), photo(), "/my/leave/none").status_code == 404


def test_nobody_reaches_the_note_of_somebody_else(site: Site) -> None:
    phone = site.phone()
    send(phone, PDF)
    (name,) = site.names()
    file, key = f"/my/leave/l1/{name}", f"people/{site.ada}/requests/l1.{name}"
    assert attached_of(key) == (site.ada, "l1", name)
    other = site.phone("8")
    assert other.get("/my/leave/l1").status_code == 404
    assert other.get(file).status_code == 404
    other.get("/my/leave/l1")
    assert send(other, PDF).status_code in {400, 403}
    boss, kiosk = site.gate.signed_in("boss"), site.gate.kiosk()
    for browser in (boss, kiosk, site.gate.browser()):
        assert browser.get(file).status_code in {401, 403}
    assert boss.get(f"/snapshots/{key}").status_code == 404, "that door has pictures of marks"
    assert phone.post("/my/leave/l1", files={"file": PDF}, headers=ORIGIN).status_code == 403
    large = {"content-length": str(7 << 20), **ORIGIN}
    assert phone.post("/my/leave/l1", content=b"x" * (7 << 20), headers=large).status_code == 413
    assert site.names() == (name,)


def test_who_may_decide_reads_it_and_no_other_manager(site: Site) -> None:
    send(site.phone(), PDF)
    (name,) = site.names()
    group = site.people.get(site.ada).group  # type: ignore[union-attr]

    def read(account: str, *groups: str) -> bytes:
        by = Decider(account, account, only(*groups) if groups else ALL_GROUPS)
        return site.files.read_for(site.ada, "l1", name, by)

    assert read("max", group) == read("boss") == PDF
    for account, groups in (("eve", ("Elsewhere",)), ("7", ())):
        with pytest.raises(NotAllowed):
            read(account, *groups)
    instead = Decider("tim", "tim", only("Elsewhere"), {"max": only(group)})
    assert site.files.read_for(site.ada, "l1", name, instead) == PDF
    with pytest.raises(CorrectionRefused):
        site.files.read_for(site.ada, "l1", "0" * 16 + ".pdf", instead)


def test_a_note_goes_with_its_request_and_what_was_decided_by_it_stays(site: Site) -> None:
    phone = site.phone()
    for _ in range(2):
        send(phone, PDF)
    first, second = site.names()
    page = phone.get("/my/leave/l1").text
    token = page.partition('name="form_token" value="')[2].partition('"')[0]
    sent = phone.post(f"/my/leave/l1/{first}", data={"form_token": token}, headers=ORIGIN)
    assert (sent.status_code, site.names()) == (303, (second,))
    site.change(standing=Standing.APPROVED, made="x", decided_at=site.clock.now())
    with pytest.raises(CorrectionRefused, match="ask the office"):
        site.files.remove(site.ada, "l1", second)
    assert send(phone, PDF).status_code == 303, "the note comes after the decision now and then"
    site.change(standing=Standing.DECLINED)
    assert "any more" in send(phone, PDF).text
    site.privacy().retention.run()
    assert len(site.names()) == len([path for path in site.lying() if path.is_file()]) == 2
    site.clock.advance(KEPT.total_seconds() + 8 * 86_400)
    site.privacy().retention.run()
    assert not site.names()
    assert not [path for path in site.lying() if path.is_file()]


def test_what_was_taken_back_or_cut_off_is_removed_at_night(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = site.phone()
    send(phone, PDF)
    site.records.take_back(site.ada, lambda found: found.leave("l1"), site.clock.now())
    assert site.names() == ()
    site.store.put(f"people/{site.ada}/requests/l9.{'a' * 16}.pdf", PDF)
    lost = site.folder / "people" / "lost" / "requests" / f"l1.{'a' * 16}.pdf"
    lost.parent.mkdir(parents=True)
    lost.write_bytes(PDF)
    site.store.put(f"people/{site.ada}/enrolment/{'b' * 32}.jpg", photo())
    site.clock.advance(3601)
    assert site.files.tidy() == 2
    assert [path for path in site.lying() if path.is_file()] == [lost], "whose database lost them"
    site.change(standing=Standing.ASKED)

    def away(*_: object) -> None:
        raise StoreUnavailable("away")

    with monkeypatch.context() as broken:
        broken.setattr(site.store, "put", away)
        with pytest.raises(StoreUnavailable):
            site.files.add(site.ada, "l1", PDF)
    assert site.names() == (), "what could not be kept is not said to be there"


@pytest.mark.parametrize("where", ["put", "change"], ids=["before", "after"])
def test_who_is_killed_while_they_attach_leaves_no_name_without_a_file_nor_a_file_for_ever(
    site: Site, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """``where``: what the process is about to do, or has just done, when it is killed."""

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(site.store if where == "put" else site.records, where, killed)
        with pytest.raises(Killed):
            site.files.add(site.ada, "l1", PDF)
    lying = [path for path in site.lying() if path.is_file()]
    assert (site.names(), len(lying)) == ((), int(where == "change"))
    assert site.files.tidy() == 0, "another process may be about to name it"
    site.clock.advance(3601)
    assert site.files.tidy() == len(lying)
    assert not [path for path in site.lying() if path.is_file()]


def test_an_erasure_and_an_export_reach_it(site: Site) -> None:
    send(site.phone(), PDF)
    out = io.BytesIO()
    site.privacy().export.write(site.ada, out)
    with zipfile.ZipFile(out) as archive:
        (held,) = [name for name in archive.namelist() if name.startswith("requests/")]
        assert archive.read(held) == PDF
        assert held in archive.read("request_for_a_correction.json").decode()
    certificate = site.erase()
    assert {one.what: one.count for one in certificate.removed}["attachment of a request"] == 1
    assert not [path for path in site.lying() if path.is_file()]
    with pytest.raises(CorrectionRefused):
        site.files.add(site.ada, "l1", PDF)
    assert not [path for path in site.lying() if path.is_file()]

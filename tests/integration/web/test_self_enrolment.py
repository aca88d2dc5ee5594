"""People register on their own phone: the real gate, pages and Redis, with painted faces."""

from dataclasses import replace
from datetime import timedelta

import pytest

from face_rec.access.audit.audit import Action
from face_rec.domain.errors import JournalError, StoreUnavailable
from face_rec.domain.faces import View
from face_rec.domain.site.self_enrolment import CONSENT_TEXT, SelfEnrolling
from face_rec.invitations.invitation import WAITS, Standing
from face_rec.invitations.phone_watch import PhoneWatch
from face_rec.stores.backup.backup_records import BackupKeys
from face_rec.stores.redis.client import Client
from tests.gate_app import submit
from tests.integration.web.enrolling import TRANSLATORS, VIEWS, Phone, Site, site

__all__ = ["site"]


GERMAN = {"accept-language": "de"}


def test_who_was_invited_agrees_in_their_language_shows_their_face_and_waits_for_the_office(
    site: Site, redis_client: Client
) -> None:
    ada = site.listed()
    phone = Phone(site, site.invited(ada))
    phone.browser.headers.update(GERMAN)
    text = TRANSLATORS.of("de").gettext(CONSENT_TEXT)
    asked = phone.browser.get(phone.path)
    assert asked.status_code == 200
    assert text in asked.text
    assert "Ada" in asked.text
    assert site.standing(ada) is Standing.OPEN, "looking at it changes nothing"
    assert submit(phone.browser, phone.path, {}).status_code == 400, "nobody has agreed"
    assert phone.agree().headers["location"] == f"{phone.path}/camera"
    script = phone.browser.get(f"{phone.path}/camera")
    assert "script-src 'self'" in script.headers["content-security-policy"]
    said = phone.show(View.FRONT)["guide"]
    assert (said["taken"], said["wanted"]) == (["front"], "left")
    assert said["hint"] == "Drehen Sie den Kopf langsam nach links."
    assert phone.send().status_code == 409, "not all views are taken"
    for view in VIEWS[1:]:
        phone.show(view)
    assert "Das Büro sieht sich Ihre Fotos jetzt an" in phone.send().text
    assert phone.browser.get(phone.path).status_code == 410, "a link works once"

    assert site.store.templates(ada.subject) == []
    (key,) = [one.decode() for one in redis_client.scan_iter(match="invited:*")]
    assert 0 < redis_client.ttl(key) <= WAITS.total_seconds()
    assert BackupKeys("main").kind(key) is None
    assert BackupKeys("main").left_out(key)
    assert b"vector" not in (redis_client.get(key) or b"")

    (waiting,) = site.decisions.waiting()
    assert waiting.person == ada
    assert len(site.decisions.photos(waiting.enrolment.id)) == 5
    done = site.decisions.approve(waiting.enrolment.id, "boss")
    assert done.consent is not None
    assert (done.consent.text, done.consent.version) == (text, "7")
    assert len(site.store.templates(ada.subject)) == 5
    assert done.photo is not None
    assert site.standing(ada) is Standing.DONE
    assert list(redis_client.scan_iter(match="invited:*")) == []
    assert site.actions() == [
        Action.INVITED, Action.SELF_ENROLLED, Action.ENROLMENT_APPROVED,
    ]  # fmt: skip


@pytest.mark.parametrize("over", ["off", "revoked", "deactivated", "erased", "expired"])
def test_a_link_that_dies_is_dead_on_a_page_that_was_open_before(
    site: Site, redis_client: Client, over: str
) -> None:
    ada = site.listed()
    phone = Phone(site, site.invited(ada)).shown()
    numbers = phone.start().json()["numbers"]
    found = site.store.get(ada.subject)
    assert found is not None
    if over == "off":
        site.rule = SelfEnrolling.OFF
    elif over == "revoked":
        site.service.revoke(site.records.of(ada.subject)[0].id, "boss")
    elif over == "deactivated":
        site.store.update(replace(found, active=False))
    elif over == "erased":
        site.store.delete(ada.subject)
        site.records.forget(ada.subject)
    else:
        site.clock.advance(timedelta(days=15).total_seconds())
    assert phone.picture(numbers[0]).status_code == 410
    assert len(site.door.captures.going_on()) == (0 if over == "expired" else 1)
    PhoneWatch(site.door.captures, site.door.goes_on).look()
    assert site.door.captures.going_on() == [], "of who does not come back nothing stays"
    assert phone.send().status_code in {403, 410}
    assert phone.browser.get(phone.path).status_code == 410
    assert list(redis_client.scan_iter(match="invited:*")) == []


def test_whoever_is_at_it_goes_on_while_nobody_knows_whether_their_link_is_over(
    site: Site,
) -> None:
    ada, bo = site.listed(), site.listed("8", "Bo")
    for person in (ada, bo):
        assert Phone(site, site.invited(person)).agree().status_code == 303
    captures = site.door.captures

    def away(_: str) -> bool:
        raise StoreUnavailable("Redis does not answer.")

    PhoneWatch(captures, away).look()
    assert len(captures.going_on()) == 2
    site.service.revoke(site.records.of(ada.subject)[0].id, "boss")
    watch = PhoneWatch(captures, site.door.goes_on)
    watch.look()
    (left,) = captures.going_on()
    assert left.invitation == site.records.of(bo.subject)[0].id


@pytest.mark.parametrize("late", [False, True], ids=["the photos", "who sent them"])
def test_where_the_disk_is_full_nothing_is_said_to_be_sent_and_it_can_be_sent_again(
    site: Site, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    ada = site.listed()
    phone = Phone(site, site.invited(ada)).shown()

    def full(*_: object) -> bool:
        raise JournalError("No space left on device")

    with monkeypatch.context() as patch:
        store, name = (site.records.enrolments, "create") if late else (site.records.faces, "put")
        patch.setattr(store, name, full)
        answer = phone.send()
        assert (answer.status_code, "No space left" in answer.text) == (429, False)
        assert "send it again" in answer.text
    assert list(site.client.scan_iter(match="invited:*")) == []
    assert site.standing(ada) is Standing.OPEN
    assert phone.send().status_code == 200
    assert site.standing(ada) is Standing.WAITING


def test_a_phone_is_fed_by_nobody_else_and_a_newer_one_ends_the_one_before(site: Site) -> None:
    ada = site.listed()
    path = site.invited(ada)
    first = Phone(site, path)
    first.agree()
    stranger = Phone(site, path, "10.0.0.2")
    assert stranger.start().status_code == 404, "the link alone is not enough"
    foreign = first.browser.post(f"{path}/start", headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403
    second = Phone(site, path).shown()
    assert first.start().status_code == 404
    assert second.send().status_code == 200
    third = Phone(site, path)
    assert third.browser.get(path).status_code == 410
    assert site.gate.kiosk().get(path).status_code in {403, 410}
    for bad in ("/enrol/x", "/enrol/" + path[7:-1], "/enrol/%00"):
        assert Phone(site, bad).browser.get(bad).status_code in {400, 404, 410}

"""What the office sees, decides and answers for of those who register on their own phone."""

from dataclasses import replace

import pytest

from face_rec.assembly.people.invitations import invitations_keeper
from face_rec.assembly.storage.stores import open_invitation_records
from face_rec.domain.enrolment_errors import FaceTaken
from face_rec.domain.errors import PeopleError, PictureRefused, StoreUnavailable
from face_rec.domain.site.self_enrolment import SelfEnrolling
from face_rec.invitations.invitation import WAITS, Invitation, Standing
from face_rec.people.details import Details
from face_rec.stores.redis.client import Client
from face_rec.stores.sealing.keyring import derived
from face_rec.stores.sealing.sealer import DataSealer
from tests.gate_app import submit
from tests.integration.web.enrolling import Phone, Site, site

__all__ = ["site"]


def test_a_face_that_somebody_has_is_shown_to_the_office_and_never_to_the_person(
    site: Site,
) -> None:
    eve = site.people.enrolment.register(
        replace(site.people.details("66", "Eve")), [site.people.photo(1)]
    )
    ada = site.listed()
    site.rule = SelfEnrolling.TRUST
    answer = Phone(site, site.invited(ada)).shown(who=1).send()
    assert "The office looks at your photos" in answer.text
    assert "Eve" not in answer.text
    (waiting,) = site.decisions.waiting()
    assert waiting.alike == (eve,)
    with pytest.raises(FaceTaken):
        site.decisions.approve(waiting.enrolment.id, "boss")
    done = site.decisions.approve(waiting.enrolment.id, "boss", reason="twins, seen both")
    assert len(done.templates) == 5


def test_only_whom_the_site_trusts_is_registered_at_once_and_never_by_a_poster(site: Site) -> None:
    site.rule = SelfEnrolling.TRUST
    ada = site.listed()
    assert "You are registered" in Phone(site, site.invited(ada)).shown(who=1).send().text
    assert len(site.store.templates(ada.subject)) == 5
    other = Phone(site, site.invited(ada)).shown(who=5).send()
    assert "The office looks at your photos" in other.text, "another face than the known one"
    assert len(site.store.templates(ada.subject)) == 5

    poster = site.poster(most=2)
    answer = Phone(site, poster).shown(who=3, id=" 8 ", name="Bo")
    assert "The office looks at your photos" in answer.send().text
    assert site.store.by_id("8") is None
    by_poster = next(one for one in site.decisions.waiting() if one.typed)
    assert (by_poster.typed.id, by_poster.typed.name) == ("8", "Bo")  # type: ignore[union-attr]
    made = site.decisions.approve(
        by_poster.enrolment.id, "boss", details=Details("8", "Bo", by_poster.enrolment.group)
    )
    assert (made.id, made.group, len(made.templates)) == ("8", "1a", 5)
    assert Phone(site, poster).agree(id="", name="x").status_code == 400
    Phone(site, poster).shown(who=9, id="7", name="Not Ada").send()
    assert Phone(site, poster).browser.get(poster).status_code == 410, "it was for two"


def test_a_flood_at_a_poster_keeps_nobody_out_who_was_invited_by_name(site: Site) -> None:
    poster, ada = site.poster(most=50), site.invited(site.listed())
    answers = [Phone(site, poster).agree(id=str(n), name="X").status_code for n in range(17)]
    assert answers == [303] * 16 + [429]
    assert Phone(site, ada).agree().status_code == 303
    site.clock.advance(301)
    assert Phone(site, poster).agree(id="17", name="X").status_code == 303, "idle ones are over"


def test_refused_photos_are_gone_at_once_and_two_decide_once(
    site: Site, redis_client: Client
) -> None:
    ada = site.listed()
    Phone(site, site.invited(ada)).shown().send()
    (waiting,) = site.decisions.waiting()
    with pytest.raises(PeopleError, match="Say why"):
        site.decisions.refuse(waiting.enrolment.id, "boss", " ")
    site.decisions.refuse(waiting.enrolment.id, "boss", "somebody else")
    assert list(redis_client.scan_iter(match="invited:*")) == []
    assert site.wanted == [True], "they stand in the database's files until these are rewritten"
    (one,) = site.records.of(ada.subject)
    assert site.records.text(one.id, one.why) == "somebody else"
    assert "somebody else" not in repr(redis_client.hgetall("access:{main}:invitations"))
    with pytest.raises(PeopleError, match="Somebody has decided"):
        site.decisions.approve(waiting.enrolment.id, "other")
    again = site.service.invite([ada.subject, "nobody"], "boss", mail=True)
    assert (again.invited, again.mailed, len(again.refused)) == ((ada.subject,), 1, 1)
    assert site.mail.sent == [("invitation", "7")]


def test_two_who_invite_somebody_in_one_moment_leave_one_link(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one does all of it after the first has looked what there is."""
    ada, both = site.listed(), list[str]()
    with monkeypatch.context() as between:
        create, made = site.records.invitations.create, list[Invitation]()

        def raced(one: Invitation) -> bool:
            if not made:
                made.append(one)
                site.clock.advance(-1)  # by another machine's clock, which is behind
                site.service.invite([ada.subject], "other")
                site.clock.advance(1)
                both.extend(found.by for found in site.records.of(ada.subject))
            return create(one)

        between.setattr(site.records.invitations, "create", raced)
        site.service.invite([ada.subject], "boss")
    assert both == ["other"]
    (left,) = site.records.of(ada.subject)
    assert (left.by, left.usable(site.clock.now())) == ("boss", True)
    site.clock.advance(-10)
    site.service.invite([ada.subject], "other")
    assert [one.by for one in site.records.of(ada.subject)] == ["other"]


def test_what_waits_is_exported_erased_sealed_anew_and_gone_in_time(
    site: Site, redis_client: Client
) -> None:
    ada, bo = site.listed("7", "Ada"), site.listed("8", "Bo")
    for who, person in enumerate((ada, bo), 1):
        Phone(site, site.invited(person)).shown(who=who).send()
    Phone(site, site.poster()).shown(who=3, id="7", name="Ada").send()
    day = site.clock.now().date().isoformat()
    assert site.outbox.told(f"enrolments-{day}") == 1, "once an hour, however many wait"
    keeper = invitations_keeper(site.records, site.store)
    held = keeper.held(ada.subject)
    assert [one.get("photos_waiting_for_approval") for one in held] == [None, 5]

    newer = DataSealer(derived(["b" * 64, "a" * 64], "test"))
    assert open_invitation_records(redis_client, "main", newer).reseal() == 3
    only_new = DataSealer(derived(["b" * 64], "test"))
    site.records = open_invitation_records(redis_client, "main", only_new)
    (first, *_) = site.records.enrolments.all()
    assert len(site.records.faces.get(first.id)) == 5

    keeper = invitations_keeper(site.records, site.store)
    assert keeper.forget(ada.subject) == 3, "invitation, photos, and those by a poster"
    (left,) = site.records.enrolments.all()
    assert left.subject == bo.subject
    wanted = list[bool]()
    site.clock.advance(WAITS.total_seconds())

    def night(there: set[str]) -> int:
        return site.records.tidy(site.clock.now(), lambda _: there, lambda: wanted.append(True))

    assert night({bo.subject}) == 1
    assert site.standing(bo) is Standing.REVOKED, "to be invited again"
    assert list(redis_client.scan_iter(match="invited:*")) == []
    assert night({bo.subject}) == 0
    assert night(set()) == 1
    assert [one for one in site.records.invitations.all() if not one.poster] == []
    assert len(wanted) == 2


def test_five_hundred_are_invited_in_one_go_and_can_be_stopped(site: Site) -> None:
    people = [site.listed(str(number), f"P {number}") for number in range(1, 501)]
    seen: list[int] = []

    def progress(done: int, total: int) -> None:
        seen.append(done)
        if done == 490:
            raise PeopleError("Stop")

    with pytest.raises(PeopleError):
        site.service.invite([one.subject for one in people], "boss", progress=progress)
    assert len(site.records.invitations.all()) == 490
    report = site.service.invite([one.subject for one in people], "boss")
    assert len(report.invited) == 500
    paths = {site.service.path(one.invitation) for one in site.service.all()}
    assert len(paths) == 500
    assert all(isinstance(one.invitation, Invitation) and one.person for one in site.service.all())


def test_nobody_has_agreed_to_a_text_that_was_not_on_their_page(site: Site) -> None:
    phone = Phone(site, site.invited(site.listed()))
    before = phone.browser.get(phone.path).text
    text = before.partition('name="text" value="')[2].partition('"')[0]
    site.consent = "I agree to everything."
    answer = submit(phone.browser, phone.path, {"agree": "yes", "text": text})
    assert answer.status_code == 400
    assert "I agree to everything." in answer.text
    assert phone.agree().status_code == 303


def test_an_approval_that_is_refused_leaves_the_consent_as_it_was(site: Site) -> None:
    """Else whoever types somebody's ID at a poster renews a consent that was withdrawn."""
    ada = site.people.enrolment.register(site.people.details("7", "Ada"), [site.people.photo(1)])
    assert ada.consent is not None
    withdrawn = replace(ada.consent, withdrawn_at=site.clock.now())
    ada = site.store.update(replace(ada, consent=withdrawn))
    site.clock.advance(60)
    Phone(site, site.poster()).shown(who=5, id="7", name="Not Ada").send()
    site.people.enrolment.register(site.people.details("66", "Eve"), [site.people.photo(9)])
    bo = site.listed("8", "Bo")
    site.rule = SelfEnrolling.TRUST
    Phone(site, site.invited(bo)).shown(who=9).send()
    for one in site.decisions.waiting():
        details = Details("7", "Ada") if one.typed else None
        with pytest.raises((PictureRefused, FaceTaken)):
            site.decisions.approve(
                one.enrolment.id, "boss", details=details, holder=ada.subject if details else ""
            )
    for person in (ada, bo):
        found = site.store.get(person.subject)
        assert found is not None
        assert found.consent == person.consent


def test_the_photos_of_a_poster_are_given_to_nobody_whom_the_office_was_not_shown(
    site: Site,
) -> None:
    Phone(site, site.poster()).shown(who=3, id="8", name="Bo").send()
    (waiting,) = site.decisions.waiting()
    ada = site.listed("7", "Ada")
    with pytest.raises(PeopleError, match="Ada"):
        site.decisions.approve(waiting.enrolment.id, "boss", details=Details("7", "Bo"))
    with pytest.raises(PeopleError, match="nobody"):
        site.decisions.approve(
            waiting.enrolment.id, "boss", details=Details("9", "Bo"), holder=ada.subject
        )
    assert site.store.templates(ada.subject) == []
    done = site.decisions.approve(
        waiting.enrolment.id, "boss", details=Details("7", "Ada"), holder=ada.subject
    )
    assert done.subject == ada.subject


def test_who_sends_their_photos_while_many_are_invited_keeps_them(site: Site) -> None:
    ada, bo = site.listed("7", "Ada"), site.listed("8", "Bo")
    phone = Phone(site, site.invited(bo)).shown(who=2)

    def progress(done: int, _: int) -> None:
        if done == 1:
            assert phone.send().status_code == 200

    report = site.service.invite([ada.subject, bo.subject], "boss", progress=progress)
    assert report.invited == (ada.subject,)
    assert [reason for _, _, reason in report.refused] == [
        "has sent photos: decide about them first"
    ]
    (waiting,) = site.decisions.waiting()
    assert waiting.person == bo


def test_photos_that_were_sent_twice_are_gone_together_and_those_never_sent_in_the_night(
    site: Site, redis_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the answer of the database was lost, or the process died, before the link was used."""
    ada = site.listed()
    phone = Phone(site, site.invited(ada)).shown()
    used, lost = site.records.change, StoreUnavailable("Redis does not answer.")
    monkeypatch.setattr(site.records, "change", lambda *_: (_ for _ in ()).throw(lost))
    with pytest.raises(StoreUnavailable):
        phone.send()
    monkeypatch.setattr(site.records, "change", used)
    assert site.decisions.waiting() == []
    assert phone.send().status_code == 200
    first, _ = site.decisions.waiting()
    site.decisions.refuse(first.enrolment.id, "boss", "somebody else")
    assert list(redis_client.scan_iter(match="invited:*")) == []
    assert site.records.enrolments.all() == []

    phone = Phone(site, site.invited(ada)).shown()
    monkeypatch.setattr(site.records, "change", lambda *_: (_ for _ in ()).throw(lost))
    with pytest.raises(StoreUnavailable):
        phone.send()
    monkeypatch.setattr(site.records, "change", used)
    site.clock.advance(2 * 3600)
    site.records.tidy(site.clock.now(), lambda _: {ada.subject})
    assert list(redis_client.scan_iter(match="invited:*")) == []

"""The pure rules of access: names, lives of sessions, hours of kiosks, the audit log."""

from dataclasses import replace
from datetime import timedelta

import pytest

from face_rec.access.accounts.account import account_name
from face_rec.access.audit import actor
from face_rec.access.audit.actor import Actor
from face_rec.access.audit.audit import Action, AuditEntry, Refusals, details, entry_of, matching
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.secrets import digest, joined, matches, new_secret, parted
from face_rec.access.signin.session import Lifetime, Session
from face_rec.domain.errors import AccountRefused, StoreUnavailable
from tests.fakes.clock import MORNING, FakeClock

ADA = Actor("ada", "user", "192.0.2.7")


# --- names and secrets ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "name"),
    [("Ada", "ada"), (" ada@Example.org ", "ada@example.org"), ("\uff41da", "ada")],
)
def test_a_name_is_one_however_it_is_typed(typed: str, name: str) -> None:
    assert account_name(typed) == name


@pytest.mark.parametrize("typed", ["", ".", "a b", "<b>", "a\x00", "a" * 65, "}x{", "äda", "-a"])
def test_a_name_that_could_mislead_is_refused(typed: str) -> None:
    with pytest.raises(AccountRefused, match="1 to 64 letters"):
        account_name(typed)


def test_a_secret_is_kept_as_its_digest_only() -> None:
    secret = new_secret()
    assert len(secret) == 43
    assert secret not in digest(secret)
    assert matches(secret, digest(secret))
    assert not matches(secret + "x", digest(secret))
    assert parted(joined("front-door", secret)) == ("front-door", secret)


@pytest.mark.parametrize("text", ["", ".", "a.", ".b", "ab", "ä.b", "a" * 200 + ".b"])
def test_what_is_no_joined_secret_is_nothing(text: str) -> None:
    assert parted(text) is None


# --- times --------------------------------------------------------------------------------


def test_a_session_lasts_as_long_as_it_is_used_and_never_longer_than_its_life() -> None:
    life = Lifetime(idle=timedelta(hours=1), longest=timedelta(hours=12))
    session = Session("ada", 0, MORNING)
    assert life.left(session, MORNING) == 3600
    assert life.left(session, MORNING + timedelta(hours=11, minutes=30)) == 1800
    assert life.left(session, MORNING + timedelta(hours=12)) == 0


# --- the audit log ------------------------------------------------------------------------


def _entry(before: dict[str, object], after: dict[str, object]) -> AuditEntry:
    return entry_of(MORNING, ADA, Action.PERSON_EDITED, "E1", before=before, after=after)


def test_an_entry_keeps_what_has_changed_only() -> None:
    entry = _entry({"name": "Ana", "group": "Staff"}, {"name": "Anna", "group": "Staff"})
    assert details(entry) == "name: Ana → Anna"
    assert details(_entry({"group": "Staff"}, {})) == "group: Staff → (removed)"


def test_an_entry_never_holds_a_secret_or_an_embedding() -> None:
    secret: dict[str, object] = {
        "password": "p1", "new_password": "p2", "token": "t1", "token_digest": "d1",
        "vector:0": "v1", "PIN": "1234", "name": "Ana",
    }  # fmt: skip
    entry = _entry({}, secret)
    assert dict(entry.after) == {"name": "Ana"}


def test_a_long_text_is_cut() -> None:
    assert len(_entry({}, {"name": "x" * 10_000}).after["name"]) == 500


def test_the_search_finds_every_word_in_any_place() -> None:
    entries = [
        _entry({"name": "Ana"}, {"name": "Anna"}),
        replace(_entry({}, {"name": "Bo"}), action="sign-in.failed", target="eve"),
    ]
    assert matching(entries, "ANNA 192.0.2") == entries[:1]
    assert matching(entries, "", "sign-in") == entries[1:]
    assert matching(entries, "", "sign") == []
    assert matching(entries, "anna bo") == []


class AwayLog:
    """An ``AuditStore`` whose database does not answer."""

    def append(self, entry: AuditEntry, about: str = "", once: str = "") -> None:
        raise StoreUnavailable("away")

    def alias(self, subject: str) -> str:
        raise StoreUnavailable("away")

    def newest(self, count: int, before: str = "") -> list[AuditEntry]:
        raise StoreUnavailable("away")

    def refused(self, count: int) -> list[AuditEntry]:
        raise StoreUnavailable("away")

    def refusals(self) -> list[Refusals]:
        raise StoreUnavailable("away")


def test_what_cannot_be_stored_is_in_the_application_s_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    AuditLog(AwayLog(), FakeClock()).record(Action.SIGN_IN, "ada", actor=ADA)
    assert "audit_not_stored" in caplog.text
    assert "ada" in caplog.text


def test_what_tells_of_a_person_is_in_no_log_that_cannot_forget(
    caplog: pytest.LogCaptureFixture,
) -> None:
    audit_log = AuditLog(AwayLog(), FakeClock())
    audit_log.record(Action.PERSON_EDITED, "E7", {"name": "Eve"}, {"name": "Eva"}, ADA, about="s7")
    assert "person.edited" in caplog.text
    assert not any(word in caplog.text for word in ("E7", "Eve", "Eva", "s7"))
    assert audit_log.alias("s7") == ""


def test_who_acts_is_known_to_everything_below_and_to_nothing_else() -> None:
    with actor.acting(ADA):
        assert actor.current() is ADA
    assert actor.current().kind == "system"

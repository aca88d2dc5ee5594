"""What somebody with the database, and with the witness's folder, could do: each shows.

Every attack is done on a real Redis that the product's own stores have written, past all of
our code, and the check must name it.
"""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.attendance.rules.shift import Shift
from face_rec.domain.people import Person
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.attendance import event_codec
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.chain.ledger import Streams
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import access_keys, keys
from face_rec.stores.redis.client import Client
from face_rec.stores.verify.chain_days import ChainDays
from face_rec.stores.verify.chain_records import AuditRecords, PeopleRecords, Records, RuleRecords
from face_rec.stores.verify.chain_report import Flaw, Report
from face_rec.stores.verify.check import ChainCheck
from face_rec.stores.verify.watch import ChainWatch
from face_rec.stores.witness.witness_log import Bucket
from tests.fakes.clock import MORNING, FakeClock
from tests.fakes.witness import MemoryBucket, a_witness
from tests.samples import a_chain, a_person, a_template, a_vector, an_event

TODAY = MORNING.date()
YESTERDAY = TODAY - timedelta(days=1)


class Site:
    """A site as the assembly puts it together."""

    def __init__(self, client: Any, data: Path, bucket: Bucket | None = None) -> None:  # noqa: ANN401
        self.redis = client
        self.data = data
        self.clock = FakeClock()
        streams = Streams(client, a_chain(), self.clock)
        of_people, of_rules, of_audit = map(streams.ledger, ("people", "rules", "audit"))
        self.marks = RedisAttendance(client, "main", chain=streams.chain, heads=streams.heads)
        self.people = RedisPeople(client, "main", self.clock, None, of_people)
        self.rules = RedisRules(client, "main", of_rules)
        audit = RedisAudit(client, "main", of_audit)
        self.audit_log = AuditLog(audit, self.clock)
        days, witness = ChainDays(client, "main"), a_witness(streams.chain, data, bucket)
        records: list[Records] = [
            PeopleRecords(self.people, of_people),
            RuleRecords(self.rules, of_rules),
            AuditRecords(audit, of_audit),
        ]
        self.watch = ChainWatch(
            ChainCheck(streams.chain, days, witness, records), days, witness, records,
            written=streams.heads.drain, clock=self.clock,
        )  # fmt: skip

    def lived(self) -> "Site":
        """Some life: two days of marks, three people, rules, an audit log; all witnessed."""
        self.watch.copy()
        for number, name in enumerate(("ada", "bob", "eve")):
            person = replace(a_person(name), name=name.title())
            face = replace(a_template(), vector=a_vector(number))
            self.people.create(person, [face], self.people.revision())
        ada = self.found("ada")
        self.people.update(replace(ada, group="Office"))
        self.rules.put(Shift("early", "Early"), Shift("late", "Late"))
        self.rules.remove(Shift("late", "Late"))
        for number in range(4):
            self.audit_log.record(Action.SETTING_CHANGED, f"thing {number}")
            self.marks.apply(an_event(f"y{number}", f"s{number}", seconds=-86_400), 0)
            self.marks.apply(an_event(f"t{number}", f"s{number}"), 0)
        self.watch.copy()
        self.clock.advance(60)
        return self

    def found(self, person_id: str) -> Person:
        person = self.people.by_id(person_id)
        assert person is not None
        return person

    def key(self, person_id: str) -> str:
        return keys.person("main", self.found(person_id).subject)

    def verify(self) -> Report:
        return self.watch.verify()

    def log(self) -> Path:
        (path,) = (self.data / "witness" / "main").glob("log-*.jsonl")
        return path


@pytest.fixture(params=["redis_client", "cluster_client"])
def any_client(request: pytest.FixtureRequest) -> Client:
    found: Client = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def site(redis_client: Client, tmp_path: Path) -> Site:
    return Site(redis_client, tmp_path).lived()


def test_without_an_attack_the_chain_holds(any_client: Client, tmp_path: Path) -> None:
    site = Site(any_client, tmp_path).lived()
    report = site.verify()
    assert report.lines()[0].startswith("The chain holds"), report.lines()
    assert report.changes == {"audit": 5, "people": 5, "rules": 3}
    assert report.linked == 8


# --- people --------------------------------------------------------------------------


def _swap(site: Site, *fields: str) -> None:
    """Exchange fields of two people, whatever they hold."""
    one, two = site.key("ada"), site.key("bob")
    for field in fields:
        mine, theirs = site.redis.hget(one, field), site.redis.hget(two, field)
        site.redis.hset(one, field, theirs)
        site.redis.hset(two, field, mine)


def _swap_names(site: Site) -> None:
    _swap(site, keys.ABOUT)


def _swap_identities(site: Site) -> None:
    subjects = {name: site.found(name).subject for name in ("ada", "bob")}
    _swap(site, keys.ID, keys.INDEXED, keys.ABOUT)
    site.redis.hset(keys.ids("main"), "ada", subjects["bob"])
    site.redis.hset(keys.ids("main"), "bob", subjects["ada"])


def _swap_whole_records(site: Site) -> None:
    """With everything in them, the proofs too."""
    subjects = {name: site.found(name).subject for name in ("ada", "bob")}
    one, two = site.key("ada"), site.key("bob")
    mine, theirs = site.redis.hgetall(one), site.redis.hgetall(two)
    site.redis.delete(one, two)
    site.redis.hset(one, mapping=theirs)
    site.redis.hset(two, mapping=mine)
    site.redis.hset(keys.ids("main"), "ada", subjects["bob"])
    site.redis.hset(keys.ids("main"), "bob", subjects["ada"])


def _swap_faces(site: Site) -> None:
    _swap(site, keys.vector(0))


def _lead_an_id_elsewhere(site: Site) -> None:
    site.redis.hset(keys.ids("main"), "ada", site.found("bob").subject)


def _add_a_person(site: Site) -> None:
    RedisPeople(site.redis, "main", FakeClock()).create(
        replace(a_person("mallory"), name="Mallory"), [a_template()], site.people.revision()
    )


def _remove_a_person(site: Site) -> None:
    subject = site.found("bob").subject
    site.redis.delete(keys.person("main", subject))
    site.redis.hdel(keys.ids("main"), "bob")


def _activate_another_consent(site: Site) -> None:
    about = site.redis.hget(site.key("bob"), keys.ABOUT)
    site.redis.hset(
        site.key("bob"), keys.ABOUT, about.replace(b'"active":true', b'"active":false')
    )


def _flip_a_bit_of_a_proof(site: Site) -> None:
    """So that it is no ASCII any more, which what is compared in constant time has to be."""
    proof = site.redis.hget(site.key("bob"), keys.PROOF)
    site.redis.hset(site.key("bob"), keys.PROOF, proof[:-1] + bytes([proof[-1] ^ 0x80]))


@pytest.mark.parametrize(
    ("attack", "flaw", "words"),
    [
        (_flip_a_bit_of_a_proof, Flaw.EDITED, "changed by another program"),
        (_swap_names, Flaw.EDITED, "changed by another program"),
        (_swap_identities, Flaw.EDITED, "given to another person"),
        (_swap_whole_records, Flaw.EDITED, "given to another person"),
        (_swap_faces, Flaw.EDITED, "other face templates"),
        (_lead_an_id_elsewhere, Flaw.EDITED, "leads to somebody else"),
        (_add_a_person, Flaw.INSERTED, "added by another program"),
        (_remove_a_person, Flaw.REMOVED, "removed by another program"),
        (_activate_another_consent, Flaw.EDITED, "changed by another program"),
    ],
)
def test_people_changed_past_the_app_are_found(
    site: Site, attack: Callable[[Site], None], flaw: Flaw, words: str
) -> None:
    attack(site)
    report = site.verify()
    assert not report.whole
    finding = next(f for f in report.findings if f.flaw is flaw)
    assert (finding.day, words in finding.sentence()) == ("people", True), report.lines()


def test_a_record_put_back_to_an_earlier_state_is_found(site: Site) -> None:
    key = site.key("ada")
    before = site.redis.hgetall(key)
    site.people.update(replace(site.found("ada"), name="Ada Byron"))
    site.redis.delete(key)
    site.redis.hset(key, mapping=before)
    (finding,) = site.verify().findings
    assert (finding.flaw, "at another time" in finding.detail) == (Flaw.REWRITTEN, True)


def test_an_edit_does_not_make_an_attackers_change_genuine(site: Site) -> None:
    _swap_names(site)
    site.people.update(replace(site.found("ada"), email="ada@example.org"))
    site.people.update(replace(site.found("bob"), email="bob@example.org"))
    findings = site.verify().findings
    assert {f.event for f in findings} == {site.found(n).subject for n in ("ada", "bob")}
    assert "was changed by another program before" in findings[0].detail


def test_a_damaged_proof_keeps_nobody_from_being_edited(site: Site) -> None:
    _flip_a_bit_of_a_proof(site)
    site.people.update(replace(site.found("bob"), email="bob@example.org"))
    assert site.found("bob").email == "bob@example.org"
    assert not site.verify().whole


def test_an_erased_person_leaves_nothing_in_the_chain_and_breaks_nothing(site: Site) -> None:
    ada = site.found("ada")
    proof = site.redis.hget(site.key("ada"), keys.PROOF)
    salt = proof.split(b"/")[0]
    site.people.delete(ada.subject)
    site.watch.copy()
    assert site.verify().whole
    kept = b"".join(site.redis.lrange(keys.chain("main", "people"), 0, -1))
    for secret in (b"Ada", b'"ada"', b"Office", salt):
        assert secret not in kept


# --- rules and the audit log -------------------------------------------------------------


def _edit_a_rule(site: Site) -> None:
    key = keys.rule("main", "shifts")
    text = site.redis.hget(key, "early")
    site.redis.hset(key, "early", text.replace(b"Early", b"Later"))


def _add_a_rule(site: Site) -> None:
    RedisRules(site.redis, "main").put(Shift("night", "Night"))


def _remove_a_rule(site: Site) -> None:
    RedisRules(site.redis, "main").remove(Shift("early", "Early"))


def _edit_an_audit_entry(site: Site) -> None:
    key = access_keys.audit("main")
    number, fields = site.redis.xrange(key)[1]
    rest = site.redis.xrange(key)[2:]
    site.redis.xdel(key, number, *[one for one, _ in rest])
    changed = fields[b"entry"].replace(b"thing 1", b"thing 9")
    site.redis.xadd(key, {"entry": changed})
    for _, others in rest:
        site.redis.xadd(key, others)


def _remove_an_audit_entry(site: Site) -> None:
    key = access_keys.audit("main")
    site.redis.xdel(key, site.redis.xrange(key)[1][0])


def _add_an_audit_entry(site: Site) -> None:
    AuditLog(RedisAudit(site.redis, "main"), FakeClock()).record(Action.SIGN_IN, "somebody else")


def _cut_audit_and_its_chain(site: Site) -> None:
    """The newest entry, its link, and the head as it was before: only the witness knows."""
    key, listed = access_keys.audit("main"), keys.chain("main", "audit")
    site.redis.xdel(key, site.redis.xrevrange(key, count=1)[0][0])
    _cut_list(site, listed, keys.chain_head("main", "audit"), 1)


def _cut_list(site: Site, listed: str, head: str, count: int) -> None:
    site.redis.ltrim(listed, 0, -1 - count)
    last = site.redis.lindex(listed, -1)
    link, key = last.split(b'"link":"')[1][:64], last.split(b'"key":"')[1][:8]
    site.redis.set(head, b"%d:%s:%s" % (site.redis.llen(listed), link, key))


def _drop_the_rules_chain(site: Site) -> None:
    _edit_a_rule(site)
    site.redis.delete(keys.chain("main", "rules"), keys.chain_head("main", "rules"))


@pytest.mark.parametrize(
    ("attack", "stream", "words"),
    [
        (_edit_a_rule, "rules", "rule was changed by another program"),
        (_add_a_rule, "rules", "rule was added by another program"),
        (_remove_a_rule, "rules", "rule was removed by another program"),
        (_drop_the_rules_chain, "rules", "A witness saw 3 entries"),
        (_edit_an_audit_entry, "audit", "missing or was changed"),
        (_remove_an_audit_entry, "audit", "missing or was changed"),
        (_add_an_audit_entry, "audit", "added or changed by another program"),
        (_cut_audit_and_its_chain, "audit", "missing at the end"),
    ],
)
def test_rules_and_audit_changed_past_the_app_are_found(
    site: Site, attack: Callable[[Site], None], stream: str, words: str
) -> None:
    attack(site)
    said = [f.sentence() for f in site.verify().findings if f.day == stream]
    assert any(words in sentence for sentence in said), site.verify().lines()


def test_what_was_dropped_is_not_accepted_anew_at_the_next_start(site: Site) -> None:
    _drop_the_rules_chain(site)
    again = Site(site.redis, site.data)
    again.watch.copy()
    assert "changes of rules do not go on" in again.watch.status().broken
    assert not again.verify().whole


# --- days ---------------------------------------------------------------------------------


def test_a_day_from_before_the_beginning_is_not_taken_for_an_old_one(site: Site) -> None:
    """Also with the beginning's own date, and earlier ones."""
    for days in (0, 1, 40):
        day = TODAY - timedelta(days=days + 2)
        site.redis.rpush(
            keys.attendance("main", day), event_codec.encode(an_event(f"forged{days}"))
        )
    found = {f.day for f in site.verify().findings if f.flaw is Flaw.INSERTED}
    assert len(found) == 3


def test_what_is_older_than_the_chain_is_accepted_once_and_may_not_change(
    redis_client: Client, tmp_path: Path
) -> None:
    RedisAttendance(redis_client, "main").apply(an_event("old1"), 0)
    RedisAttendance(redis_client, "main").apply(an_event("old2", "s2"), 0)
    RedisRules(redis_client, "main").put(Shift("old", "Old"))
    before = RedisPeople(redis_client, "main", FakeClock())
    before.create(a_person("old"), [a_template()], 0)
    site = Site(redis_client, tmp_path)
    site.watch.copy()
    site.watch.copy()
    report = site.verify()
    assert (report.whole, report.older) == (True, 2)
    key = keys.attendance("main", TODAY)
    site.redis.lset(key, 0, event_codec.encode(an_event("new1")))
    site.redis.rpush(key, event_codec.encode(an_event("new2")))
    said = {(f.flaw, f.place) for f in site.verify().findings}
    assert said == {(Flaw.REWRITTEN, None), (Flaw.INSERTED, 3)}


# --- with the witness's folder as well ------------------------------------------------------


def _cut_marks(site: Site) -> None:
    _cut_list(site, keys.attendance("main", TODAY), keys.head("main", TODAY), 2)


def _delete_a_day(site: Site) -> None:
    site.redis.delete(keys.attendance("main", YESTERDAY), keys.head("main", YESTERDAY))


def _strip_links(site: Site) -> None:
    key = keys.attendance("main", TODAY)
    for place, entry in enumerate(site.redis.lrange(key, 0, -1)):
        site.redis.lset(key, place, entry.split(b',"n":')[0] + b"}")
    site.redis.delete(keys.head("main", TODAY))


def _take_the_last_lines(site: Site) -> None:
    lines = site.log().read_bytes().splitlines(keepends=True)
    site.log().write_bytes(b"".join(lines[:-1]))


def _take_a_line_out(site: Site) -> None:
    lines = site.log().read_bytes().splitlines(keepends=True)
    site.log().write_bytes(b"".join([lines[0], *lines[2:]]) or b"")


def _take_everything(site: Site) -> None:
    shutil.rmtree(site.data / "witness")


def _begin_another_log(site: Site) -> None:
    """Take the witness away, and let an app of another machine begin one for the attacker."""
    _take_everything(site)
    Site(site.redis, site.data / "elsewhere").watch.copy()
    shutil.copytree(site.data / "elsewhere" / "witness", site.data / "witness")


@pytest.mark.parametrize("attack", [_cut_marks, _delete_a_day, _strip_links])
@pytest.mark.parametrize(
    "cover", [_take_the_last_lines, _take_a_line_out, _take_everything, _begin_another_log]
)
def test_who_has_the_witness_too_but_not_the_keys_is_found(
    site: Site, attack: Callable[[Site], None], cover: Callable[[Site], None]
) -> None:
    site.marks.apply(an_event("newest", "s9"), 0)
    site.watch.copy()
    attack(site)
    cover(site)
    again = Site(site.redis, site.data)
    again.watch.copy()  # nor does the next start make it good
    findings = again.verify().findings
    assert [f for f in findings if f.flaw is Flaw.WITNESS], again.verify().lines()
    assert "log" in again.watch.status().broken


def test_the_copy_in_the_bucket_shows_what_was_taken_here(
    redis_client: Client, tmp_path: Path
) -> None:
    bucket = MemoryBucket()
    site = Site(redis_client, tmp_path, bucket).lived()
    site.marks.apply(an_event("newest", "s9"), 0)
    site.watch.copy()
    (tmp_path / "keys" / "witness-main.json").unlink()  # even without the pin
    _take_the_last_lines(site)
    said = [f.detail for f in Site(redis_client, tmp_path, bucket).verify().findings]
    assert any("lines were taken away here" in detail for detail in said)


def test_a_copy_that_was_changed_in_the_bucket_is_found(
    redis_client: Client, tmp_path: Path
) -> None:
    bucket = MemoryBucket()
    site = Site(redis_client, tmp_path, bucket).lived()
    (key,) = bucket.objects
    bucket.objects[key] = bucket.objects[key].replace(b'"n":1,', b'"n":7,')
    assert [f.flaw for f in site.verify().findings] == [Flaw.WITNESS] * len(site.verify().findings)
    assert not site.verify().whole
    again = Site(redis_client, tmp_path, bucket)
    again.watch.copy()
    assert "differs" in again.watch.status().broken


@pytest.mark.parametrize("garbage", [b"nonsense", b"", "a list"])
def test_a_head_that_was_written_over_stops_nobody_who_changes_people_or_rules(
    site: Site, garbage: bytes | str
) -> None:
    for stream in ("people", "rules", "audit"):
        head = keys.chain_head("main", stream)
        site.redis.delete(head)
        if isinstance(garbage, str):
            site.redis.rpush(head, garbage)
        else:
            site.redis.set(head, garbage)
    another = Site(site.redis, site.data)
    for one in (site, another):
        added = replace(a_person(f"new{id(one)}"), name="New")
        added = one.people.create(added, [a_template()], one.people.revision())
        one.people.update(replace(added, group="Other"))
        one.people.delete(one.found(added.id).subject)
        one.rules.put(Shift(f"s{id(one)}", "Some"))
        one.audit_log.record(Action.SETTING_CHANGED, "a thing")
    assert site.verify().findings == ()

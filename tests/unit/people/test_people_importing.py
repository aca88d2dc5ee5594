import io
import stat
import tracemalloc
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import pytest

from face_rec.domain.enrolment_errors import ConsentMissing
from face_rec.domain.errors import ArchiveRefused
from face_rec.domain.faces import Image
from face_rec.people.imports import importing, photo_archive
from face_rec.people.imports.collection import Collection, PhotoFile, from_folder, table_rows
from face_rec.people.imports.importing import Importer, ImportOutcome, ImportReport
from face_rec.people.imports.photo_archive import opened
from tests.fakes.enrolment import CONSENT, People, painted
from tests.fakes.models import blank_frame, fake_models

LEFT = (0.12, 0.0)


def _png(image: Image) -> bytes:
    return cv2.imencode(".png", image)[1].tobytes()


def _tree(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def _zip(files: dict[str, bytes], kind: int = zipfile.ZIP_STORED) -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", kind) as file:
        for name, data in files.items():
            file.writestr(name, data)
    return stream


def _site() -> dict[str, bytes]:
    return {
        "people.csv": b"\xef\xbb\xbfid,name,group,email\nada,Ada L.,R&D,ada@x.org\nno,Nobody,,\n",
        "ada/1.png": _png(painted(1)),
        "ada/2.png": _png(painted(1, LEFT)),
        "ada/crowd.png": _png(painted(1, others=2)),
        "ada/wall.png": _png(blank_frame()),
        "ada/notes.txt": b"hello",
        "bob_b/1.png": _png(painted(9)),
        ".DS_Store": b"x",
        "bob_b/.hidden.png": b"x",
    }


def _run(people: People, collection: Collection, dry_run: bool = False) -> ImportReport:
    return Importer(people.store, people.enrolment, dry_run).run(collection, CONSENT)


def _outcomes(report: ImportReport) -> dict[str, ImportOutcome]:
    return {person.id: person.outcome for person in report.people}


# --- importing


def test_a_folder_is_enrolled_and_reported(tmp_path: Path) -> None:
    people = People()
    report = _run(people, from_folder(_tree(tmp_path, _site())))
    assert _outcomes(report) == {
        "ada": ImportOutcome.ADDED, "bob_b": ImportOutcome.ADDED, "no": ImportOutcome.REFUSED,
    }  # fmt: skip
    ada, bob = people.store.by_id("ada"), people.store.by_id("bob_b")
    assert ada is not None
    assert bob is not None
    assert (ada.name, ada.group, ada.email) == ("Ada L.", "R&D", "ada@x.org")
    assert bob.name == "bob b"
    assert ada.consent == CONSENT
    assert len(ada.templates) == 2
    reasons = {photo.file: photo.reason for photo in report.people[0].photos}
    assert reasons["ada/1.png"] == ""
    assert "more than one face" in reasons["ada/crowd.png"]
    assert "No face" in reasons["ada/wall.png"]
    assert "not a photo" in reasons["ada/notes.txt"]
    assert (report.photos_accepted, report.photos_refused) == (3, 3)


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    people = People()
    folder = _tree(tmp_path, _site())
    _run(people, from_folder(folder))
    revision, pictures = people.store.revision(), dict(people.snapshots.jpegs)
    report = _run(people, from_folder(folder))
    assert report.count(ImportOutcome.UNCHANGED) == 2
    assert people.store.revision() == revision
    assert people.snapshots.jpegs == pictures


def test_who_is_erased_while_an_import_runs_is_not_registered_again_by_it(tmp_path: Path) -> None:
    """Whoever began it did not know."""
    people = People()
    folder = _tree(tmp_path, _site())
    _run(people, from_folder(folder))
    bob = people.store.by_id("bob_b")
    assert bob is not None

    def erase(done: int, _of: int) -> None:
        if done == 1:
            people.store.delete(bob.subject)

    report = Importer(people.store, people.enrolment).run(from_folder(folder), CONSENT, erase)
    assert people.store.by_id("bob_b") is None
    (line,) = [one for one in report.people if one.id == "bob_b"]
    assert line.outcome is ImportOutcome.REFUSED
    assert "not registered again" in line.reason
    assert report.without({bob.subject}).count(ImportOutcome.REFUSED) == 1, "nor does it name them"
    assert _run(people, from_folder(folder)).count(ImportOutcome.ADDED) == 1


def test_a_dry_run_writes_nothing_and_finds_those_registered(tmp_path: Path) -> None:
    people = People()
    people.enrolment.register(people.details("other"), [people.photo(9)])
    revision = people.store.revision()
    report = _run(people, from_folder(_tree(tmp_path, _site())), dry_run=True)
    assert _outcomes(report)["ada"] is ImportOutcome.ADDED
    assert _outcomes(report)["bob_b"] is ImportOutcome.UNDECIDED
    assert "looks like" in report.people[1].reason
    assert people.store.revision() == revision


def test_after_a_change_of_the_model_the_same_import_enrols_everybody_again(
    tmp_path: Path,
) -> None:
    people = People()
    folder = _tree(tmp_path, _site())
    _run(people, from_folder(folder))
    people.models.models = fake_models(digest="other")
    assert _run(people, from_folder(folder)).count(ImportOutcome.EXTENDED) == 2
    assert _run(people, from_folder(folder)).count(ImportOutcome.UNCHANGED) == 2


def _import_faces(people: People, folder: Path, faces: Sequence[int]) -> ImportReport:
    files = {f"x/{number}.png": _png(painted(who)) for number, who in enumerate(faces)}
    return _run(people, from_folder(_tree(folder, files)))


def test_one_wrong_photo_does_not_decide_who_somebody_is(tmp_path: Path) -> None:
    report = _import_faces(People(), tmp_path, [9, 1, 1])
    assert [photo.accepted for photo in report.people[0].photos] == [False, True, True]


def test_photos_of_two_people_in_equal_parts_enrol_nobody(tmp_path: Path) -> None:
    people = People()
    report = _import_faces(people, tmp_path, [1, 9])
    assert _outcomes(report) == {"x": ImportOutcome.REFUSED}
    assert people.store.count() == 0


def test_an_import_needs_consent(tmp_path: Path) -> None:
    people = People()
    found = from_folder(_tree(tmp_path, _site()))
    with pytest.raises(ConsentMissing):
        Importer(people.store, people.enrolment).run(found, None)


def test_progress_counts_people(tmp_path: Path) -> None:
    people, seen = People(), list[tuple[int, int]]()
    found = from_folder(_tree(tmp_path, _site()))
    Importer(people.store, people.enrolment).run(
        found, CONSENT, lambda done, total: seen.append((done, total))
    )
    assert list(dict.fromkeys(seen)) == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_of_one_person_no_more_photos_are_opened_than_are_of_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is in memory until all are compared: a film of somebody would take all there is."""
    monkeypatch.setattr(importing, "MOST_PHOTOS", 3)
    people, opened_ones = People(), list[str]()
    found = from_folder(_tree(tmp_path, {f"ada/{n}.png": _png(painted(1)) for n in range(5)}))

    def noting(file: PhotoFile) -> PhotoFile:
        def read() -> bytes:
            opened_ones.append(file.name)
            return file.read()

        return replace(file, read=read)

    (ada,) = found.people
    watched = replace(ada, photos=tuple(map(noting, ada.photos)))
    (line,) = _run(people, Collection((watched,))).people
    assert opened_ones == ["ada/0.png", "ada/1.png", "ada/2.png"]
    assert line.outcome is ImportOutcome.ADDED
    assert [photo.accepted for photo in line.photos] == [True, True, True, False, False]
    assert "not looked at: 3 photos of a person are enough" in line.photos[4].reason


# --- people.csv


@pytest.mark.parametrize(
    "table",
    [
        b"\xff\xfeid", b"name\nAda\n", b"id\na\na\n", b'id,name\n"a,b\n',
        b"id\n" + b"," * 10_001 + b"\n", b"id\n" + b"a\n" * (8 << 20),
    ],
    ids=["encoding", "no id", "twice", "quote", "line", "size"],
)  # fmt: skip
def test_a_wrong_table_is_refused(tmp_path: Path, table: bytes) -> None:
    with pytest.raises(ArchiveRefused, match=r"people\.csv"):
        from_folder(_tree(tmp_path, {"people.csv": table}))


def test_what_nobody_reads_of_a_table_takes_no_memory() -> None:
    """Short lines below a long first one were filled up, all of them at once."""
    names = ",".join(f"c{number}" for number in range(1_000))
    table = f"id,{names},name\n".encode() + b"1\n" * 20_000
    tracemalloc.start()
    rows = table_rows(table, ("id", "name"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows == [{"id": "1", "name": ""}] * 20_000
    assert peak < 20 << 20


def test_a_table_from_a_european_spreadsheet_is_read(tmp_path: Path) -> None:
    table = b"ID;Name;Group\nada;Ada; Wien, 1. Stock\n"
    found = from_folder(_tree(tmp_path, {"people.csv": table, "ada/1.png": b"x"}))
    assert (found.people[0].name, found.people[0].group) == ("Ada", "Wien, 1. Stock")


def test_a_missing_folder_or_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveRefused, match="nowhere"):
        from_folder(tmp_path / "nowhere")
    missing = tmp_path / "nowhere"
    with pytest.raises(ArchiveRefused, match="There is no "), opened(missing):
        pass


# --- ZIPs


@pytest.mark.parametrize("outer", ["", "export/"])
def test_a_zip_is_imported_like_its_folder(outer: str) -> None:
    people = People()
    with opened(_zip({outer + name: data for name, data in _site().items()})) as found:
        report = _run(people, found)
    assert report.count(ImportOutcome.ADDED) == 2
    assert people.store.by_id("ada") is not None


def _linked() -> io.BytesIO:
    entry = zipfile.ZipInfo("a/1.png")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr(entry, "/etc/passwd")
    return stream


def _encrypted() -> io.BytesIO:
    data = bytearray(_zip({"a/1.png": b"x"}).getvalue())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    return io.BytesIO(bytes(data))


@pytest.mark.parametrize(
    ("stream", "words"),
    [
        (io.BytesIO(b""), "not a ZIP"),
        (io.BytesIO(b"\xff\xd8\xff some photo"), "not a ZIP"),
        (_zip({}), "no photos"),
        (_zip({"1.png": b"x"}), "no photos"),
        (_zip({"../a/1.png": b"x"}), "outside"),
        (_zip({"a/../../b/1.png": b"x"}), "outside"),
        (_zip({"/etc/1.png": b"x"}), "outside"),
        (_zip({"..\\a\\1.png": b"x"}), "outside"),
        (_zip({"C:/a/1.png": b"x"}), "outside"),
        (_zip({"a/more.zip": b"x"}), "another archive"),
        (_zip({"a/1.png": b"\0" * 20_000_000}, zipfile.ZIP_DEFLATED), "too much"),
        (_zip({"a/1.png": b"x"}, zipfile.ZIP_BZIP2), "packed in an unusual way"),
        (_zip({"a/1.png": b"x"}, zipfile.ZIP_LZMA), "packed in an unusual way"),
        (_linked(), "link"),
        (_encrypted(), "password"),
    ],
    ids=["empty", "photo", "none", "flat", "up", "over", "root", "backslash", "drive", "nested",
         "bomb", "bzip2", "lzma", "link", "encrypted"],
)  # fmt: skip
def test_an_unsafe_zip_is_refused_whole(stream: io.BytesIO, words: str) -> None:
    with pytest.raises(ArchiveRefused, match=words), opened(stream):
        pytest.fail("was opened")


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_archive, "MOST_FILES", 3)
    files = {f"a/{number}.png": b"x" for number in range(4)}
    with pytest.raises(ArchiveRefused, match="Split"), opened(_zip(files)):
        pytest.fail("was opened")


def test_too_much_in_all_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_archive, "MOST_BYTES", 3)
    with pytest.raises(ArchiveRefused, match="Split"), opened(_zip({"a/1.png": b"12345"})):
        pytest.fail("was opened")


def test_a_damaged_entry_is_one_refused_photo() -> None:
    files = {"ada/1.png": _png(painted(1)), "ada/2.png": b"some bytes to be damaged"}
    data = _zip(files).getvalue().replace(b"to be damaged", b"that changed!")
    with opened(io.BytesIO(data)) as found:
        report = _run(People(), found)
    assert _outcomes(report) == {"ada": ImportOutcome.ADDED}
    assert "damaged" in report.people[0].photos[1].reason


def test_nothing_is_unpacked_to_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with opened(_zip(_site())) as found:
        _run(People(), found)
    assert list(tmp_path.iterdir()) == []


def ran_twice_alike(tmp_path: Path) -> tuple[People, ImportReport]:
    """An import of Ada, and of Bob, who looks like somebody registered."""
    people = People()
    people.enrolment.register(people.details("other"), [people.photo(9)])
    return people, _run(people, from_folder(_tree(tmp_path, _site())))


def test_all_whom_somebody_looks_like_are_told(tmp_path: Path) -> None:
    people = People()
    people.enrolment.register(people.details("other"), [people.photo(9)])
    people.enrolment.register(people.details("twin"), [people.photo(9)], "twin sister")
    reason = _run(people, from_folder(_tree(tmp_path, _site()))).people[1].reason
    assert "ID other" in reason
    assert "ID twin" in reason


def test_who_looks_like_somebody_registered_is_kept_for_a_decision(tmp_path: Path) -> None:
    people = People()
    other = people.enrolment.register(people.details("other"), [people.photo(9)])
    folder = _tree(tmp_path, _site())
    report = _run(people, from_folder(folder))
    assert _outcomes(report)["bob_b"] is ImportOutcome.UNDECIDED
    assert "ID other" in report.people[1].reason
    bob = people.store.by_id("bob_b")
    assert bob is not None
    assert (bob.resembles, bob.active, len(bob.templates)) == (other.subject, False, 1)
    assert people.caught_up(people.store.revision(), 1)
    assert people.follower.gallery.people == 2  # ada and the other: nobody is recognised as bob
    again = _run(people, from_folder(folder))
    assert again.people[1].outcome is ImportOutcome.UNCHANGED
    assert "waits for a decision" in again.people[1].reason

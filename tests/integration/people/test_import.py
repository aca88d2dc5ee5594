"""``python -m face_rec import`` as a user types it, with an embedded Redis and faces."""

import getpass
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import config
from face_rec import assembly
from face_rec.__main__ import main
from face_rec.domain.people import Person
from tests.data import Material

pytestmark = [pytest.mark.models, pytest.mark.usefixtures("loaded_once")]


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, material: Material, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MODEL_PACK", str(material.pack))
    for name in ("REDIS_HOST", "REDIS_URL", "REDIS_NODES", "S3_BUCKET"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def people(material: Material) -> tuple[Path, ...]:
    return tuple(sorted(material.people.iterdir())[:3])


@pytest.fixture
def collection(tmp_path: Path, people: tuple[Path, ...]) -> Path:
    """Three people, one of them described in a table, and a folder that is no person."""
    folder = tmp_path / "collection"
    for person in people:
        (folder / person.name).mkdir(parents=True)
        for photo in sorted(person.iterdir())[:3]:
            shutil.copy(photo, folder / person.name)
    (folder / "nothing").mkdir()
    for name in ("empty.jpg", "\x1b[2J.jpg"):
        (folder / "nothing" / name).write_bytes(b"")
    (folder / "people.csv").write_text(f"id,name,group\n{people[1].name},Adam,Actors\n", "utf-8")
    return folder


def _registered() -> dict[str, Person]:
    with assembly.build(config.load(dotenv=None)) as system:
        people = {person.id: person for person in system.people.all()}
        for person in people.values():
            assert person.photo is not None
            assert system.pictures.get(person.photo).startswith(b"\xff\xd8")
    return people


Typed = Callable[..., str]


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Typed:
    def run(*words: str) -> str:
        assert main(["import", *words]) == 0
        return capsys.readouterr().out

    return run


def test_a_folder_is_enrolled_once(
    collection: Path, people: tuple[Path, ...], tmp_path: Path, typed: Typed
) -> None:
    first, second, third = (person.name for person in people)
    words = (str(collection), "--consent", "signed forms")
    assert "Nothing was changed" in typed(str(collection), "--dry-run")
    assert _registered() == {}

    report = typed(*words)
    assert "3 added" in report
    assert "nothing/empty.jpg: The file is empty" in report
    assert "nothing/\\x1b[2J.jpg: The file is empty" in report, "no file clears the screen"
    found = _registered()
    assert set(found) == {first, second, third}
    assert (found[second].name, found[second].group) == ("Adam", "Actors")
    assert found[first].name == first.replace("_", " ")
    assert all(p.consent is not None and p.consent.text == "signed forms" for p in found.values())
    assert all(len(person.templates) >= 2 for person in found.values())

    assert "3 unchanged" in typed(*words)
    zipped = shutil.make_archive(str(tmp_path / "again"), "zip", collection.parent, "collection")
    assert "3 unchanged" in typed(zipped, "--consent", "signed forms")
    assert _registered() == found


def test_without_consent_nothing_is_started(
    collection: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(collection)]) == 2
    assert "--consent" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_a_file_that_is_no_zip_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "people.zip"
    path.write_bytes(b"no zip at all")
    assert main(["import", str(path), "--consent", "signed forms"]) == 2
    assert capsys.readouterr().err.startswith("This is not a ZIP file")


def test_who_may_be_one_of_several_is_listed_with_all_of_them(
    people: tuple[Path, ...], tmp_path: Path, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = sorted(people[0].iterdir())
    for person_id, some in {"A": photos[:2], "B": photos[2:3], "C": photos[3:4]}.items():
        (tmp_path / person_id / person_id).mkdir(parents=True)
        for path in some:
            shutil.copy(path, tmp_path / person_id / person_id)
        typed(str(tmp_path / person_id), "--consent", "signed forms")
        if person_id == "B":
            assert main(["undecided", "two", "B", "--reason", "twins"]) == 0
    capsys.readouterr()
    assert main(["undecided", "list"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    who, _, others = line.partition("  looks like  ")
    assert who == "C  C"
    assert set(others.split(", ")) == {"A  A", "B  B"}


def test_who_is_in_it_twice_is_decided_about_from_the_command_line(
    people: tuple[Path, ...], tmp_path: Path, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "twice"
    photos = sorted(people[0].iterdir())
    for person_id, some in {"A": photos[:2], "B": photos[2:3], "C": photos[3:4]}.items():
        (folder / person_id).mkdir(parents=True)
        for path in some:
            shutil.copy(path, folder / person_id)
    assert "1 added" in (said := typed(str(folder), "--consent", "signed forms"))
    assert "2 undecided" in said
    assert main(["undecided", "list"]) == 0
    assert "B  B  looks like  A  A" in capsys.readouterr().out
    assert main(["undecided", "one", "B"]) == 0
    assert "A has 3 photos; B is erased." in capsys.readouterr().out
    assert main(["undecided", "two", "C", "--reason", "twins"]) == 0
    assert main(["undecided", "two", "C", "--reason", "twins"]) == 2
    found = _registered()
    assert {key: (one.active, len(one.templates)) for key, one in found.items()} == {
        "A": (True, 3), "C": (True, 1),
    }  # fmt: skip
    with assembly.build_access(config.load()) as access:
        log = {entry.action: (entry.who, entry.kind) for entry in access.audit.newest(20)}
    typist = (getpass.getuser(), "command")
    assert log == dict.fromkeys(
        ("person.registered", "person.edited", "person.photos", "person.deleted"), typist
    )


def test_calibrate_says_what_so_few_people_can_tell(
    typed: Typed, collection: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(str(collection), "--consent", "signed forms")
    assert main(["calibrate"]) == 0
    said = capsys.readouterr().out
    assert "3 people with" in said
    assert "Enrolment photos:" in said
    assert "No advice: insufficient data. 3,000 non-mated searches are needed" in said
    assert main(["calibrate", "--take"]) == 2
    assert "There is no advice to take" in capsys.readouterr().err

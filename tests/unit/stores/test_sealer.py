"""Encryption at rest: what opens, what does not, and what is said about it."""

from pathlib import Path

import pytest

from face_rec.stores.people import person_codec, template_codec
from face_rec.stores.sealing import keyring
from face_rec.stores.sealing.keyring import Keyring
from face_rec.stores.sealing.sealer import MAGIC, DataKeyMissing, DataSealer, SealBroken, is_sealed
from face_rec.stores.snapshots.plain_snapshots import FolderSnapshots
from face_rec.stores.snapshots.sealed_snapshots import PictureSealer, SealedSnapshots
from tests.samples import a_template

OLD, NEW = "o" * 32, "n" * 32
SEALER = DataSealer(keyring.derived([OLD], "data"))


def sealer(*secrets: str) -> DataSealer:
    return DataSealer(keyring.derived(secrets, "data"))


@pytest.mark.parametrize("plain", [b"", b"x", bytes(2048), b"\xff\xd8\xffjpeg"])
def test_what_is_sealed_opens_again(plain: bytes) -> None:
    assert SEALER.open(SEALER.seal(plain, "here"), "here") == plain


@pytest.mark.parametrize("plain", [bytes(2048), b"\xff\xd8\xffjpeg"])
def test_what_is_sealed_shows_nothing(plain: bytes) -> None:
    assert plain not in SEALER.seal(plain, "here")


def test_the_same_twice_looks_different() -> None:
    assert SEALER.seal(b"face", "here") != SEALER.seal(b"face", "here")


def test_sealed_bytes_moved_elsewhere_do_not_open() -> None:
    sealed = SEALER.seal(b"face", "ada/0")
    with pytest.raises(SealBroken, match="another's place"):
        SEALER.open(sealed, "bob/0")


def test_every_changed_byte_is_noticed() -> None:
    sealed = SEALER.seal(b"face", "here")
    for place in range(len(MAGIC), len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises((SealBroken, DataKeyMissing)):
            SEALER.open(changed, "here")
    with pytest.raises(SealBroken):
        SEALER.open(sealed[:30], "here")


def test_another_key_says_which_one_is_missing_and_what_that_means() -> None:
    sealed = SEALER.seal(b"face", "here")
    for other in (sealer(NEW), DataSealer(Keyring())):
        with pytest.raises(DataKeyMissing, match=f"data key {SEALER.keyring.ids[0]}.*DATA_KEY"):
            other.open(sealed, "here")


def test_an_older_key_behind_the_new_one_still_opens() -> None:
    rotated = sealer(NEW, OLD)
    sealed = SEALER.seal(b"face", "here")
    assert rotated.open(sealed, "here") == b"face"
    assert not rotated.current(sealed)
    assert rotated.current(rotated.seal(b"face", "here"))


def test_what_was_stored_before_there_was_a_key_is_read_as_it_is() -> None:
    fields = template_codec.vector_fields(person_codec.Unsealed(), "s", [a_template()])
    stored = fields["vector:0"]
    assert not is_sealed(stored)
    assert SEALER.open(stored, "s/0") == stored
    assert not SEALER.current(stored)


def test_without_a_key_it_is_stored_as_it_is() -> None:
    plain = DataSealer(Keyring())
    assert plain.seal(b"face", "here") == b"face"
    assert plain.current(b"face")


def test_nothing_is_sealed_before_the_keys_are_known_to_fit() -> None:
    def refuse() -> None:
        raise DataKeyMissing("not this key")

    with pytest.raises(DataKeyMissing):
        DataSealer(keyring.derived([OLD], "data"), refuse).seal(b"face", "here")


def test_a_sealed_template_holds_no_trace_of_the_embedding() -> None:
    template = a_template(dimension=128)
    stored = template_codec.vector_fields(SEALER, "s", [template])["vector:0"]
    assert template.vector.tobytes()[:8] not in stored
    assert (template_codec.vector_of(SEALER, "s", 0, stored) == template.vector).all()
    with pytest.raises(ValueError, match="does not open"):
        template_codec.matrix_of(SEALER, "other", [(0, stored)])


def test_pictures_are_sealed_under_their_own_key(tmp_path: Path) -> None:
    folder = FolderSnapshots(tmp_path)
    snapshots = SealedSnapshots(folder, PictureSealer(SEALER))
    snapshots.put("people/s/a.jpg", b"face")
    assert snapshots.get("people/s/a.jpg") == b"face"
    assert b"face" not in folder.get("people/s/a.jpg")
    assert snapshots.url("people/s/a.jpg") is None
    folder.put("people/s/b.jpg", folder.get("people/s/a.jpg"))
    with pytest.raises(SealBroken):
        snapshots.get("people/s/b.jpg")


def test_a_picture_is_sealed_anew_once(tmp_path: Path) -> None:
    folder = FolderSnapshots(tmp_path)
    folder.put("a.jpg", b"face")
    snapshots = SealedSnapshots(folder, PictureSealer(SEALER))
    assert snapshots.reseal("a.jpg")
    assert not snapshots.reseal("a.jpg")
    rotated = SealedSnapshots(folder, PictureSealer(sealer(NEW, OLD)))
    assert rotated.reseal("a.jpg")
    assert SealedSnapshots(folder, PictureSealer(sealer(NEW))).get("a.jpg") == b"face"


@pytest.mark.parametrize("replaced", [True, False], ids=["replaced", "deleted"])
def test_a_picture_deleted_or_replaced_while_it_is_sealed_anew_stays_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replaced: bool
) -> None:
    folder = FolderSnapshots(tmp_path)
    SealedSnapshots(folder, PictureSealer(sealer(OLD))).put("a.jpg", b"face")
    rotated = sealer(NEW, OLD)
    seal = rotated.seal

    def meanwhile(plain: bytes, context: str) -> bytes:
        folder.delete("a.jpg")
        if replaced:
            folder.put("a.jpg", b"newer")
        return seal(plain, context)

    monkeypatch.setattr(rotated, "seal", meanwhile)
    assert not SealedSnapshots(folder, PictureSealer(rotated)).reseal("a.jpg")
    assert list(folder.keys()) == (["a.jpg"] if replaced else [])
    assert not replaced or folder.get("a.jpg") == b"newer"
    assert list((tmp_path / ".incoming").iterdir()) == []

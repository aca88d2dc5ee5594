"""Passwords in thieves' lists, found in files as the Have I Been Pwned downloader writes them."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from face_rec.access.accounts.breached import BreachedPasswords, md4
from face_rec.access.accounts.passwords import Passwords
from face_rec.domain.errors import BreachListBroken, PasswordRefused
from tests.gate_app import CHEAP, PASSWORD

STOLEN = [f"stolen password number {number}" for number in range(500)]


def _sha1(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def _ntlm(password: str) -> str:
    return md4(password.encode("utf-16-le")).hex().upper()


@pytest.mark.parametrize(
    ("text", "digest"),
    [("", "31d6cfe0d16ae931b73c59d7e0c089c0"), ("a", "bde52cb31de33e46245e05fbdbd6fb24"),
     ("abc", "a448017aaf21d8525fc10ae87aa6729d"),
     ("message digest", "d9130a8164549fe818874806e1c7014b"),
     ("abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9"),
     ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
      "043f8582f241db351ce627e153e7f0e4"),
     ("1234567890" * 8, "e33b4ddc9c38f2199c3e7b164fcc0536")],
)  # fmt: skip
def test_md4_is_that_of_rfc_1320(text: str, digest: str) -> None:
    assert md4(text.encode()).hex() == digest


def _file(folder: Path, hashes: list[str], end: str = "\r\n") -> BreachedPasswords:
    path = folder / "pwned.txt"
    path.write_bytes("".join(f"{one}:{i}{end}" for i, one in enumerate(sorted(hashes))).encode())
    return BreachedPasswords(path)


@pytest.mark.parametrize("hashed", [_sha1, _ntlm])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_password_of_one_ordered_file_is_found_and_no_other(
    tmp_path: Path, hashed: Callable[[str], str], end: str
) -> None:
    listed = _file(tmp_path, [hashed(one) for one in STOLEN], end)
    assert all(listed.holds(one) for one in STOLEN)
    assert not any(listed.holds(f"{one}!") for one in STOLEN)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_very_short_file_is_searched_to_its_ends(tmp_path: Path, count: int) -> None:
    listed = _file(tmp_path, [_sha1(one) for one in STOLEN[:count]])
    assert [listed.holds(one) for one in STOLEN[:3]] == [i < count for i in range(3)]


@pytest.mark.parametrize("name", ["{}.txt", "{}"])
def test_a_folder_of_ranges_is_searched_by_the_beginning_of_the_hash(
    tmp_path: Path, name: str
) -> None:
    for hashed in (_sha1, _ntlm):
        for one in ("free", "stolen"):
            path = tmp_path / name.format(hashed(one)[:5])
            rest = hashed(one)[5:] if (one, hashed) == ("stolen", _sha1) else "0" * 35
            path.write_text(f"{'1' * 35}:3\n{rest}:7\n")
    listed = BreachedPasswords(tmp_path)
    assert listed.holds("stolen")
    assert not listed.holds("free")


def test_the_same_password_in_another_form_is_the_same(tmp_path: Path) -> None:
    listed = _file(tmp_path, [_sha1("zw\u00f6lf Boxk\u00e4mpfer")])
    assert listed.holds("zwo\u0308lf Boxka\u0308mpfer")


def test_a_list_that_cannot_be_used_lets_no_password_through_unchecked(tmp_path: Path) -> None:
    odd = tmp_path / "odd.txt"
    odd.write_text("this is no list of hashes, but prose that goes on for quite a while\n" * 9)
    (tmp_path / "folder").mkdir()
    for place in (odd, tmp_path / "gone", tmp_path / "folder"):
        with pytest.raises(BreachListBroken, match="administrator"):
            BreachedPasswords(place).holds("anything")


def test_a_new_password_from_such_a_list_is_refused(tmp_path: Path) -> None:
    listed = _file(tmp_path, [_sha1(PASSWORD)])
    Passwords(hasher=CHEAP).check(PASSWORD, "ada")
    with pytest.raises(PasswordRefused, match="stolen passwords"):
        Passwords(hasher=CHEAP, breached=listed).check(PASSWORD, "ada")

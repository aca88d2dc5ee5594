"""/snapshots/KEY serves one JPEG, and nothing else on the disk."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from face_rec.domain.pictures import kept_photo
from face_rec.stores.snapshots.plain_snapshots import FolderSnapshots
from face_rec.web.frames.snapshots import routes
from tests.fakes.snapshots import MemorySnapshots

JPEG = b"\xff\xd8 a picture \xff\xd9"


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    (tmp_path / "secret.txt").write_text("top secret")
    (tmp_path / "snapshots" / ".incoming").mkdir(parents=True)
    (tmp_path / "snapshots" / ".incoming" / "half").write_text("top secret")
    store = FolderSnapshots(tmp_path / "snapshots")
    store.put("marks/2026/11/22/e1.jpg", JPEG)
    return TestClient(Starlette(routes=routes(lambda: store)))


def test_a_snapshot_is_served_as_a_jpeg_that_nobody_keeps(client: TestClient) -> None:
    answer = client.get("/snapshots/marks/2026/11/22/e1.jpg")
    assert (answer.status_code, answer.content) == (200, JPEG)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "no-store" in answer.headers["cache-control"]


def test_a_kept_enrolment_photo_goes_through_no_door() -> None:
    store = MemorySnapshots()
    store.put(kept_photo("s1", "0" * 32), JPEG)
    store.put("people/s1/portrait.jpg", JPEG)
    client = TestClient(Starlette(routes=routes(lambda: store)))
    assert client.get(f"/snapshots/{kept_photo('s1', '0' * 32)}").status_code == 404
    assert client.get("/snapshots/people/s1/portrait.jpg").status_code == 200


def test_an_unknown_snapshot_is_not_found(client: TestClient) -> None:
    assert client.get("/snapshots/marks/2026/11/22/e2.jpg").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "%2e%2e%2fsecret.txt",
        "marks/%2e%2e/%2e%2e/secret.txt", "..%5csecret.txt", "%2fetc%2fpasswd", "/etc/passwd",
        ".incoming/half", "marks", "marks/", "", "secret.txt%00.jpg", "..%252fsecret.txt",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_store(client: TestClient, path: str) -> None:
    answer = client.get("/snapshots/" + path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_a_store_that_is_away_is_not_mistaken_for_a_missing_snapshot() -> None:
    store = MemorySnapshots()
    store.away = True
    answer = TestClient(Starlette(routes=routes(lambda: store))).get("/snapshots/a.jpg")
    assert answer.status_code == 503
    assert "switched the store off" not in answer.text


def test_a_snapshot_cannot_be_changed_through_the_route(client: TestClient) -> None:
    for method in ("PUT", "POST", "DELETE"):
        answer = client.request(method, "/snapshots/marks/2026/11/22/e1.jpg")
        assert answer.status_code == 405

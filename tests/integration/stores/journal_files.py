"""The files of a journal that a process left, as tests make and read them."""

from pathlib import Path

from face_rec.domain.marks import Event


def ids_of(found: list[Event]) -> list[str]:
    return [event.id for event in found]


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))

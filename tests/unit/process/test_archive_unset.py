"""Whoever has no archive pays neither time nor memory for its libraries."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LIGHT = {"face_rec.archive.archive_status"}
HEAVY = ("postgres", "month_files")
"""Modules of ``face_rec.assembly.archive`` that are imported where there is an archive."""


def _at_once(path: Path) -> Iterator[str]:
    """What is imported when ``path`` is, not when something of it is called."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def _heavy(name: str) -> bool:
    ours = name.startswith("face_rec.archive") and name not in LIGHT
    return ours or name in {f"face_rec.assembly.archive.{one}" for one in HEAVY}


def test_no_module_imports_the_archive_but_when_it_is_needed() -> None:
    heavy = [ROOT / "face_rec" / "assembly" / "archive" / f"{one}.py" for one in HEAVY]
    others = [
        path
        for folder in ("face_rec", "pages")
        for path in (ROOT / folder).rglob("*.py")
        if path not in heavy
        and (ROOT / "face_rec" / "archive") not in path.parents
        and "archive" in path.read_text(encoding="utf-8")  # else there is nothing to parse it for
    ]
    found = {str(p.relative_to(ROOT)): [n for n in _at_once(p) if _heavy(n)] for p in others}
    assert {path: names for path, names in found.items() if names} == {}
    assert [name for name in _at_once(heavy[0]) if _heavy(name)]


def test_what_is_imported_always_needs_no_library() -> None:
    status = ROOT / "face_rec" / "archive" / "archive_status.py"
    libraries = ("sqlalchemy", "psycopg", "alembic", "face_rec.archive")
    assert not [name for name in _at_once(status) if name.startswith(libraries)]

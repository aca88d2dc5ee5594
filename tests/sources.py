"""The modules of the product as tests read them: where they lie, and what they import."""

import ast
import functools
import re
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def sources() -> list[Path]:
    """Every module, packages included."""
    files = [ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "face_rec").rglob("*.py")]
    return sorted(path for path in files if path.is_file())


def module_of(path: Path) -> str:
    """Its name, as it is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def of_each(paths: Iterable[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """Makes one test of what is asked about each of many modules; it names all that fail. Some
    thousand tests took longer to collect and to report than to run."""

    def made(check: Callable[[Path], None]) -> Callable[[], None]:
        def test() -> None:
            failed = []
            for path in paths:
                try:
                    check(path)
                except AssertionError as error:
                    failed.append(f"{module_of(path)}: {error}")
            assert not failed, "\n".join(failed)

        return test

    return made


def in_pages() -> list[Path]:
    """Those of pages."""
    return [path for path in sources() if "pages" in path.relative_to(ROOT).parts]


def parsed_if(source: str, words: Iterable[str]) -> ast.AST:
    """The tree of ``source`` where one of ``words`` (regular expressions) stands in it, else an
    empty one: nobody uses a name without writing it, and to parse all modules takes seconds."""
    return ast.parse(source if re.search("|".join(words), source) else "")


@functools.cache
def imports_of(path: Path) -> frozenset[str]:
    """What it imports, modules and names in them alike."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: use absolute imports"
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)

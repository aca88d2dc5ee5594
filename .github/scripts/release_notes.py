"""release_notes.py VERSION: its section of the changelog; fails if the tag is not the version."""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def notes(changelog: str, version: str) -> str:
    """The text below ``## VERSION``; raises ValueError without one, or with an empty one."""
    found = re.search(
        rf"^## \[?{re.escape(version)}\]?[^\n]*\n(.*?)(?=^## |\Z)",
        changelog,
        re.DOTALL | re.MULTILINE,
    )
    if found is None or not found[1].strip():
        raise ValueError(
            f"CHANGELOG.md has nothing under '## {version}'. Write it before tagging."
        )
    return found[1].strip() + "\n"


def main(version: str) -> int:
    """Print the notes; 1 if they cannot be."""
    written = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    if version != written:
        sys.stderr.write(f"The tag says {version}, pyproject.toml {written}. Make them agree.\n")
        return 1
    try:
        sys.stdout.write(notes((ROOT / "CHANGELOG.md").read_text("utf-8"), version))
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

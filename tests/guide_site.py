"""What MkDocs is told beyond ``docs/guide/mkdocs.yml``, so that the site for the web has the same
chapters as the guide in the app; ``python -m tests.guide_site FOLDER`` builds it, strictly."""

import os
import subprocess
import sys
from pathlib import Path
from posixpath import dirname, relpath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from face_rec.web.guide.chapters import EXTENSIONS
from face_rec.web.guide.contents import MENU, PICTURES, ROOT, anchor_of, relinked, sources

CONFIG = ROOT / "docs" / "guide" / "mkdocs.yml"


def place(path: str) -> str:
    """Where a Markdown file of the project lies in the site's folder of sources."""
    return path.removeprefix("docs/") if path.startswith("docs/") else _outside(path)


def _outside(path: str) -> str:
    return f"{path.removesuffix('.md').replace('/', '-').lower()}.md"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """The menu, and Markdown as the app reads it."""
    config.nav = [
        {part: [{one.title: place(one.path)} for one in chapters]}
        for part, chapters in MENU.items()
    ]
    config.markdown_extensions = list(EXTENSIONS)
    config.mdx_configs["toc"] = {"slugify": lambda title, _separator: anchor_of(title)}
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """With the few chapters that lie outside of ``docs``."""
    for path in sources().values():
        if not path.startswith("docs/"):
            files.append(
                File.generated(config, place(path), content=(ROOT / path).read_text("utf-8"))
            )
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links to what is no chapter become their words."""
    by_place = {place(path): path for path in sources().values()}
    here = page.file.src_uri
    path = by_place[here]

    def address(target: str) -> str | None:
        if target.startswith(PICTURES):
            found = target.removeprefix("docs/") if (ROOT / target).is_file() else None
        elif not (ROOT / target).exists():
            found = target  # so that MkDocs finds it broken
        else:
            found = place(target) if target in by_place.values() else None
        return relpath(found, dirname(here)) if found else None

    return relinked(markdown, path, address)


def build(folder: Path) -> None:
    """The site, into ``folder``, which is emptied first. Raises SystemExit where a link leads
    nowhere, with what MkDocs says of it."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(CONFIG)]
    made = subprocess.run(
        [*command, "--site-dir", str(folder.resolve())], cwd=ROOT, text=True, check=False,
        capture_output=True, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
    )  # fmt: skip
    if made.returncode:
        raise SystemExit(made.stderr)


if __name__ == "__main__":
    build(Path(sys.argv[1]))

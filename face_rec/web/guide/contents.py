"""What the guide consists of: the one list of its chapters, and where a link in one leads.

A chapter is a Markdown file of the project, so that a fact has one home: what the guide tells is
what the repository shows. ``tests/guide_site.py`` builds the site for the web of the same list.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[3]
PICTURES: Final = "docs/pictures/"


@dataclass(frozen=True, slots=True)
class Chapter:
    """``title``: as the menu calls it. ``path``: its file, from the project's folder."""

    title: str
    path: str

    @property
    def slug(self) -> str:
        """Its place in the address, below ``/guide/``."""
        return slug_of(self.path)


def _of(folder: str, **titles: str) -> tuple[Chapter, ...]:
    return tuple(
        Chapter(title, f"{folder}{name.replace('_', '-')}.md") for name, title in titles.items()
    )


MENU: Final[Mapping[str, tuple[Chapter, ...]]] = {
    "Using it": _of(
        "docs/guide/",
        index="Welcome",
        first_day="First day",
        everyday="For everybody",
        teachers="For teachers and managers",
        hr="For HR",
        barriers="Accessibility",
        glossary="Glossary",
    ),
    "Running it": _of(
        "docs/guide/",
        it="For IT",
        operation="What to do when …",
        troubleshooting="Troubleshooting",
        privacy="Privacy",
        api="API",
    ),
    "More about": (
        *_of(
            "docs/",
            kiosk="The kiosk's screen",
            own_page="One's own attendance",
            mobile="Punching on one's own phone",
            self_enrolment="Registering on one's own phone",
            accessibility="Accessibility in detail",
            languages="Languages",
            cameras="Cameras",
            quality="Good photos",
            liveness="Live or a picture",
            strangers="Unknown people",
            notifications="Notifications",
            data_files="Data files",
            archive="The archive",
            models="Model packs",
            scale="Large sites",
            vectors="A vector engine",
            security="Security",
        ),
        Chapter("Deployment", "deploy/README.md"),
        Chapter("Everything, with all settings", "README.md"),
        Chapter("What has changed", "CHANGELOG.md"),
    ),
}
"""The chapters by part, in the order of the menu."""
_ELSEWHERE: Final[Mapping[str, str]] = {
    "README.md": "readme",
    "deploy/README.md": "deployment",
    "CHANGELOG.md": "changelog",
}


def slug_of(path: str) -> str:
    """The place in the address of a Markdown file of ``docs``, or one of the few others."""
    inner = _ELSEWHERE.get(path) or path.removeprefix("docs/").removesuffix(".md")
    return inner.removeprefix("guide/")


def sources(root: Path = ROOT) -> dict[str, str]:
    """By slug, each file that can be read: those of the menu, and all others of ``docs``, which
    they link to."""
    inside = ("docs/" + path.relative_to(root / "docs").as_posix() for path in _written(root))
    listed = (chapter.path for chapters in MENU.values() for chapter in chapters)
    return {slug_of(path): path for path in (*listed, *inside)}


def _written(root: Path) -> list[Path]:
    return sorted((root / "docs").rglob("*.md"))


def titles() -> dict[str, str]:
    """By slug, what the menu calls each of its chapters."""
    return {one.slug: one.title for chapters in MENU.values() for one in chapters}


_LINK: Final = re.compile(
    r"(?P<picture>!?)\[(?P<text>[^\]]*)\]\((?![a-z]+:|#|/)(?P<to>[^)#\s]+)(?P<anchor>#[^)\s]*)?\)"
)
_IMAGE: Final = re.compile(r'(?P<before><img src=")(?![a-z]+:|/)(?P<to>[^"]+)(?P<after>")')


def relinked(text: str, path: str, address: Callable[[str], str | None]) -> str:
    """The Markdown of the file ``path`` with links that lead somewhere: ``address`` says where a
    file of the project is found, None: nowhere here. Such a link becomes its words alone, such a
    picture a line that says what it would show. Code is left as it is."""

    def to_page(found: re.Match[str]) -> str:
        target = address(normpath(join(dirname(path), found["to"])))
        if target is not None:
            return f"{found['picture']}[{found['text']}]({target}{found['anchor'] or ''})"
        return f"*Picture: {found['text']}*" if found["picture"] else found["text"]

    def to_image(found: re.Match[str]) -> str:
        target = address(normpath(join(dirname(path), found["to"])))
        return f"{found['before']}{target or ''}{found['after']}"

    return "".join(
        part if code else _IMAGE.sub(to_image, _LINK.sub(to_page, _unfolded(part)))
        for part, code in _parts(text)
    )


def _unfolded(text: str) -> str:
    """What GitHub folds away stands open here: Markdown inside of HTML is read by nobody else."""
    text = re.sub(r"<details><summary>(.*)</summary>", r"**\1**", text)
    return text.replace("</details>", "")


_FENCE: Final = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, and whether each is a block of code."""
    for number, part in enumerate(_FENCE.split(text)):
        yield part, number % 2 == 1


def anchor_of(title: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")

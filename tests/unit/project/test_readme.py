"""What the README promises is there: settings, commands, targets, files and pictures."""

import re
from itertools import groupby

import pytest

import config
from face_rec.__main__ import parser

README = (config.ROOT / "README.md").read_text(encoding="utf-8")
BEGIN, END = "<!-- settings:begin -->\n", "<!-- settings:end -->"


def settings_table() -> str:
    """The settings as Markdown, by section, from their declarations."""
    parts = []
    for section, found in groupby(config.declared(), key=lambda one: one.section):
        rows = [
            f"| `{one.name}` | {_default(one.default)} | {_cell(one.meaning)} |" for one in found
        ]
        parts.append(
            "\n".join(
                [f"**{section}**\n", "| variable | default | meaning |", "|---|---|---|", *rows]
            )
        )
    return "\n\n".join(parts) + "\n"


def _default(text: str) -> str:
    if len(text) > 40:
        return "see `.env.example`"
    return f"`{text}`" if text else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def test_the_table_of_settings_is_the_one_in_force() -> None:
    shown = README.split(BEGIN)[1].split(END)[0]
    wanted = settings_table()
    assert shown == wanted, f"put this between the markers of README.md:\n{wanted}"


@pytest.mark.parametrize(
    "target", sorted(set(re.findall(r"\bmake ([a-z-]+)\b(?= {2,}#|`)", README)))
)
def test_every_make_target_named_exists(target: str) -> None:
    makefile = (config.ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.mark.parametrize(
    "command", sorted(set(re.findall(r"python -m face_rec ([a-z]+)", README)))
)
def test_every_command_named_exists(command: str) -> None:
    assert re.search(rf"^    {command}\b", parser().format_help(), re.MULTILINE)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\((?!https?:|#)([^)#]+)", README))))
def test_every_file_linked_to_exists(link: str) -> None:
    assert (config.ROOT / link).exists()


@pytest.mark.parametrize("anchor", sorted(set(re.findall(r"\]\(#([^)]+)\)", README))))
def test_every_section_linked_to_exists(anchor: str) -> None:
    titles = re.findall(r"^#+ (.+)$", README, re.MULTILINE)
    assert anchor in {re.sub(r"[^a-z0-9 -]", "", t.lower()).replace(" ", "-") for t in titles}

"""The kiosk's two buttons that only the browser can serve: full screen and sound."""

import streamlit as st

from pages.ui.frame.component_files import joined

_CSS = """
.fr-tools { display: flex; gap: 0.5rem; justify-content: flex-end; }
.fr-tools button {
  font: inherit; font-size: 0.85rem; padding: 0.3rem 0.8rem; border-radius: 0.6rem;
  cursor: pointer;
  border: 1px solid var(--st-border-color); background: var(--st-background-color);
  color: var(--st-text-color);
}
.fr-tools button:hover, .fr-tools button[aria-pressed="true"] {
  border-color: var(--st-primary-color); color: var(--st-primary-color);
}
"""
_tools = st.components.v2.component(
    "face_rec_kiosk_tools",
    html='<div class="fr-tools"><button data-tool="sound"></button>'
    '<button data-tool="full"></button></div>',
    css=_CSS,
    js=joined("kiosk_tools.js"),
)


def kiosk_tools(key: str, sounds: list[str]) -> None:
    """The buttons; each of ``sounds`` (``marked:ID`` or ``already:ID``) is played once."""
    _tools(key=key, data={"sounds": sounds}, width="content")

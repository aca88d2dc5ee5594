"""The look shared by all pages: wordmark and style sheet."""

import streamlit as st

from pages.ui.frame.component_files import joined
from pages.ui.frame.navigation import menu_icons
from pages.ui.shared.text import html

_STYLE = joined("style.css")
_MARK = (
    '<rect width="40" height="40" rx="11" fill="#0f766e"/>'
    '<path d="M11 16v-3a2 2 0 0 1 2-2h3M24 11h3a2 2 0 0 1 2 2v3M29 24v3a2 2 0 0 1-2 2h-3'
    'M16 29h-3a2 2 0 0 1-2-2v-3" fill="none" stroke="#fff" stroke-width="2" '
    'stroke-linecap="round" opacity=".75"/>'
    '<path d="M15 20.5l3.6 3.6 6.6-7.4" fill="none" stroke="#fff" stroke-width="3" '
    'stroke-linecap="round" stroke-linejoin="round"/>'
)
_FONT = "system-ui,-apple-system,Segoe UI,Roboto,Noto Sans,sans-serif"


def apply(title: str, page: str) -> None:
    """Set wordmark, tab and styles; the router calls it once a run.

    The tab's icon is ours, too: Streamlit's icons would be fetched from a server of Google.
    """
    st.set_page_config(layout="wide", page_title=f"{page} · {title}", page_icon=mark())
    st.logo(wordmark(title), size="large", icon_image=mark())
    st.html(f"<style>{_STYLE}\n{menu_icons()}</style>")


def mark() -> str:
    """The sign alone, as SVG."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" viewBox="0 0 40 40">'
        f"{_MARK}</svg>"
    )


def wordmark(title: str) -> str:
    """The sign with the site's title, as SVG; a long title is cut."""
    shown = title if len(title) <= 22 else title[:21].rstrip() + "…"
    width = 60 + 14 * len(shown)  # generous: the font is the browser's
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="40" '
        f'viewBox="0 0 {width} 40">{_MARK}<text x="52" y="27" font-family="{_FONT}" '
        f'font-size="20" font-weight="650" fill="#12211f">{html(shown)}</text></svg>'
    )

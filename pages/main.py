"""The router: the menu by rights, and the page that was chosen."""

import streamlit as st

from pages.ui import theme
from pages.ui.context import system
from pages.ui.identity import current
from pages.ui.navigation import menu

st.set_page_config(layout="wide")
theme.apply(system().site.title)
st.navigation(menu(current()), expanded=True).run()

"""Privacy: what is kept how long, whether marks are unchanged, and a person's own rights."""

import streamlit as st

from face_rec.access.pages import Page
from face_rec.facades.admin import AdminFacade
from pages.ui.frame.identity import require
from pages.ui.frame.page import page
from pages.ui.system.privacy_parts import chain_card, person_card, retention_card

require(Page.PRIVACY.right)

with page(Page.PRIVACY, "What is kept about people, how long, and what they may ask for."):
    with st.container(border=True):
        st.subheader("A person's rights", anchor=False)
        person_card(AdminFacade.current())
    left, right = st.columns(2, gap="medium")
    with left.container(border=True, height="stretch"):
        st.subheader("Retention", anchor=False)
        retention_card(AdminFacade.current())
    with right.container(border=True, height="stretch"):
        st.subheader("Unchanged marks", anchor=False)
        chain_card(AdminFacade.current())

"""Packs to download, to use and to upload."""

import tempfile
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from face_rec.access.audit.audit import Action
from face_rec.facades.admin import AdminFacade
from face_rec.models.packs.catalogue import Licence
from face_rec.models.status import PackOffer
from face_rec.protocols.models import Progress
from face_rec.web.base.uploads import LARGEST_MB
from pages.ui.frame.identity import Right, permit
from pages.ui.frame.jobs import JOBS, Work
from pages.ui.shared.text import file_size, plain
from pages.ui.shared.widgets import facts
from pages.ui.system.model_change import confirm_change

JOB = "models"


def offers(app: AdminFacade, busy: bool) -> None:
    """The published packs side by side, first what every company may use."""
    listed = app.models.offers()
    st.markdown(
        "**May a company use it?** That is the first question: of the packs below only "
        f"{_free(listed)} may be used by everybody. The others recognise people in large "
        "galleries better, and are for research, schools' own trials and whoever has a licence."
    )
    for column, offer in zip(st.columns(len(listed), gap="medium"), listed, strict=True):
        with column.container(border=True, height="stretch"):
            _offer(app, offer, busy)


def _offer(app: AdminFacade, offer: PackOffer, busy: bool) -> None:
    headline, _, note = offer.title.partition(": ")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(headline)}** · `{offer.name}`")
        if offer.in_use:
            st.badge("In use", icon=":material/check:", color="green")
        elif offer.installed:
            st.badge("Installed", color="blue")
    st.caption(plain(note[:1].upper() + note[1:] + "."))
    _who_may(offer.licence)
    facts(
        [
            ("Download", file_size(offer.bytes)),
            ("Speed", str(offer.speed)),
        ]
    )
    st.caption(f"Published accuracy: {plain(offer.accuracy)}")
    st.caption(plain(offer.licence.text))
    if offer.in_use:
        return
    if offer.installed:
        if st.button("Use this pack", key=f"use_{offer.name}", icon=":material/swap_horiz:"):
            confirm_change(app, offer.name)
    elif st.button(
        "Download", key=f"pull_{offer.name}", type="primary", icon=":material/download:",
        disabled=busy,
    ):  # fmt: skip
        JOBS.start(
            JOB,
            f"Downloading {offer.name}",
            _noted(app, offer.name, partial(app.models.pull, offer.name)),
            permit(Right.MODELS),
        )
        st.rerun()


def _free(listed: list[PackOffer]) -> str:
    return " and ".join(f"`{one.name}`" for one in listed if one.licence.companies)


def _who_may(licence: Licence) -> None:
    """A company's first question, answered in words."""
    icon = ":material/check_circle:" if licence.companies else ":material/gavel:"
    st.markdown(f"{icon} **A company may {plain(licence.short)}**")


def other_packs(app: AdminFacade) -> None:
    """Installed packs with other weights than the official ones."""
    in_use = app.models.status().pack
    for pack in app.models.installed():
        if not pack.custom:
            continue
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(pack.name)}**", width="stretch")
            st.badge("Custom weights", color="gray")
            _who_may(pack.licence)
            if pack.name == in_use:
                st.badge("In use", icon=":material/check:", color="green")
            elif st.button("Use this pack", key=f"use_{pack.name}"):
                confirm_change(app, pack.name)


def upload(app: AdminFacade, busy: bool) -> None:
    """Installing from a ZIP, for machines without internet and for other weights."""
    with st.expander("Install from a ZIP file", icon=":material/folder_zip:"):
        st.caption(
            "For a computer without internet, or for weights of your own: one detector (SCRFD or "
            "YuNet) and one ArcFace-like recogniser as ONNX files, with a manifest.json where "
            "they need one (docs/models.md). Other weights than the published ones are marked "
            "as custom."
        )
        file = st.file_uploader(
            "ZIP file", type=["zip"], key="pack_zip", max_upload_size=LARGEST_MB
        )
        name = st.text_input("Name", key="pack_name", placeholder="As the file is called") or ""
        pressed = st.button(
            "Install", disabled=busy or file is None, icon=":material/install_desktop:"
        )
        if pressed and file:
            work = partial(_import, app, file, name.strip())
            noted = _noted(app, name.strip() or file.name, work)
            JOBS.start(JOB, f"Installing {file.name}", noted, permit(Right.MODELS))
            st.rerun()


def _noted(app: AdminFacade, name: str, work: Work) -> Work:
    """``work``, then a line in the audit log."""

    def run(progress: Progress) -> object:
        made = work(progress)
        app.audit.record(Action.MODELS_INSTALLED, name)
        return made

    return run


def _import(app: AdminFacade, file: UploadedFile, name: str, progress: Progress) -> object:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(file.name).name
        path.write_bytes(file.getbuffer())
        return app.models.import_archive(path, name, progress)

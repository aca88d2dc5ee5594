"""Packs to download, to use and to upload."""

import asyncio
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

import streamlit as st
from anyio import to_thread
from streamlit.runtime.uploaded_file_manager import UploadedFile

from face_rec.access.audit.actor import SYSTEM
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.control.permit import Permit
from face_rec.access.principal import THIS_COMPUTER
from face_rec.domain.errors import DownloadBroken, ModelError
from face_rec.facades.admin import AdminFacade
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Figure, pgettext, sentence
from face_rec.models.model_service import ModelService
from face_rec.models.packs.catalogue import OFFICIAL
from face_rec.models.terms.model_facts import Licence
from face_rec.models.terms.model_status import PackOffer
from face_rec.protocols.models import Progress
from face_rec.retry import Backoff
from face_rec.web.base.uploads import LARGEST_MB
from pages.ui.frame.identity import Right, permit
from pages.ui.frame.jobs import JOBS, Job, Work
from pages.ui.shared.text import at_colon, plain
from pages.ui.shared.widgets import facts
from pages.ui.shared.words import formats, in_words, said
from pages.ui.system.confirm_change import confirm_change

JOB = "models"
STOPS: Final = msgid("What has come is kept for a week: Download goes on with it.")
_EVERY: Final = 5.0  # seconds
_PAUSES: Final = Backoff(5.0, 300.0)
_TRIES: Final = 290  # a day
_KINDS: Final = ("zip", "onnx", "json")


def offers(app: AdminFacade, busy: bool) -> None:
    """The published packs side by side, first what every company may use."""
    listed = app.models.offers()
    st.markdown(
        said(
            "**May a company use it?** That is the first question: of the packs below "
            "only {free} may be used by everybody. The others recognise people in large "
            "galleries better, and are for research, schools' own trials and whoever has "
            "a licence.",
            free=_free(listed),
        )
    )
    for column, offer in zip(st.columns(len(listed), gap="medium"), listed, strict=True):
        with column.container(border=True, height="stretch"):
            _offer(app, offer, busy)


def _offer(app: AdminFacade, offer: PackOffer, busy: bool) -> None:
    headline, note = at_colon(in_words(offer.title))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(headline)}** · `{offer.name}`")
        if offer.in_use:
            st.badge(said("In use"), icon=":material/check:", color="green")
        elif offer.installed:
            st.badge(said("Installed"), color="blue")
    st.caption(plain(note[:1].upper() + note[1:] + "."))
    who_may(offer.licence)
    facts(
        [
            (said("Download"), formats().size(offer.bytes)),
            (said("Speed"), in_words(offer.speed.told())),
        ]
    )
    st.caption(said("Published accuracy: {accuracy}", accuracy=plain(in_words(offer.accuracy))))
    st.caption(plain(in_words(offer.licence.text)))
    if offer.in_use:
        return
    if offer.installed:
        if st.button(said("Use this pack"), key=f"use_{offer.name}", icon=":material/swap_horiz:"):
            confirm_change(app, offer.name)
    elif st.button(
        said("Download"), key=f"pull_{offer.name}", type="primary", icon=":material/download:",
        disabled=busy,
    ):  # fmt: skip
        begin_download(app, offer.name)


def begin_download(app: AdminFacade, name: str) -> None:
    """In the background, by whoever presses; then the page is drawn anew."""
    work = _noted(app.audit, name, partial(app.models.pull, name))
    JOBS.start(JOB, sentence("Downloading {name}", name=name), work, permit(Right.MODELS))
    st.rerun()


class Resuming:
    """Goes on with downloads that ran when their process ended, as work that the page shows and
    anybody with the right may stop."""

    def __init__(self, models: ModelService, audit: AuditLog) -> None:
        self._models = models
        self._audit = audit

    async def watch(self) -> None:
        """For a task on the event loop: who is at a download may end later than this starts."""
        while True:
            await to_thread.run_sync(self.step)
            await asyncio.sleep(_EVERY)

    def step(self) -> None:
        for name in self._models.installer.downloads.unfinished():
            work = _noted(self._audit, name, partial(self._models.pull, name, again=again))
            permit = Permit(THIS_COMPUTER, Right.MODELS, SYSTEM, lambda: THIS_COMPUTER)
            JOBS.start(JOB, sentence("Downloading {name}", name=name), work, permit)


def again(failures: int, error: DownloadBroken) -> bool:
    """Nobody sits before a download that goes on by itself: where the network is not back yet it
    is tried again and again for a day, and the page says so."""
    job = JOBS.get(JOB)
    if job is None or failures > _TRIES:
        return False
    pause = _PAUSES.after(failures)
    job.wait(
        pause,
        sentence(
            "It broke off: {why}. It is tried again by itself, this time after {seconds} seconds. "
            "What has come is kept.",
            why=error.why, seconds=Figure(pause),
        ),
    )  # fmt: skip
    return True


def amount(job: Job) -> str:
    """How far a download or an installation is."""
    if not job.total:
        return formats().size(job.done) if job.done else said("starting …")
    if job.done >= job.total:
        return said(
            "{size} are here, now it is checked and loaded …", size=formats().size(job.total)
        )
    return said(
        "{done} of {total}",
        done=formats().size(job.done),
        total=formats().size(job.total),
    )


def _free(listed: list[PackOffer]) -> str:
    return formats().listed(f"`{one.name}`" for one in listed if one.licence.companies)


def who_may(licence: Licence) -> None:
    """A company's first question, answered in words."""
    icon = ":material/check_circle:" if licence.companies else ":material/gavel:"
    st.markdown(f"{icon} **{plain(in_words(licence.short))}**")


def other_packs(app: AdminFacade) -> None:
    """Installed packs with other weights than the official ones."""
    in_use = app.models.status().pack
    for pack in app.models.installed():
        if not pack.custom:
            continue
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(pack.name)}**", width="stretch")
            st.badge(said("Custom weights"), color="gray")
            who_may(pack.licence)
            if pack.name == in_use:
                st.badge(said("In use"), icon=":material/check:", color="green")
            elif st.button(said("Use this pack"), key=f"use_{pack.name}"):
                confirm_change(app, pack.name)


def upload(app: AdminFacade, busy: bool) -> None:
    """Installing from files, for machines without internet and for other weights."""
    files = st.file_uploader(
        said("ZIP file, or the single files of a pack"), type=list(_KINDS), key="pack_files",
        max_upload_size=LARGEST_MB, accept_multiple_files=True,
    )  # fmt: skip
    st.caption(
        said(
            "Weights of your own: one detector (SCRFD or YuNet) and one ArcFace-like "
            "recogniser as ONNX files, with a manifest.json where they need one "
            "(docs/models.md). Other weights than the published ones are marked as "
            "custom."
        )
    )
    name = st.text_input(
        said(pgettext("of a thing", "Name")),
        key="pack_name",
        placeholder=_called(files) or said("As the file is called"),
    ).strip()
    if st.button(said("Install"), disabled=busy or not files, icon=":material/install_desktop:"):
        called = name or _called(files)
        work = _noted(app.audit, called, partial(_import, app, files, called))
        JOBS.start(JOB, sentence("Installing {name}", name=called), work, permit(Right.MODELS))
        st.rerun()


def _called(files: Sequence[UploadedFile]) -> str:
    """A pack's name where none was typed: of a published one its own, else as the file is."""
    names = {file.name for file in files}
    for pack in OFFICIAL.values():
        if {pack.detection.name, pack.recognition.name} <= names:
            return pack.name
    first = min(names, default="")
    return first.rpartition(".")[0] or first


def _noted(audit: AuditLog, name: str, work: Work) -> Work:
    """``work``, then a line in the audit log."""

    def run(progress: Progress) -> object:
        made = work(progress)
        audit.record(Action.MODELS_INSTALLED, name)
        return made

    return run


def _import(
    app: AdminFacade, files: Sequence[UploadedFile], name: str, progress: Progress
) -> object:
    """One ZIP, or the files that would lie in a folder."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / Path(file.name).name for file in files]
        for path, file in zip(paths, files, strict=True):
            path.write_bytes(file.getbuffer())
        zipped = [path for path in paths if path.suffix.lower() == ".zip"]
        if zipped and len(paths) > 1:
            raise ModelError(
                msgid("Give one ZIP file, or the single files of one pack, not both.")
            )
        return app.models.import_archive(zipped[0] if zipped else Path(folder), name, progress)

"""Small pictures from the snapshot store, ready to stand in a page."""

import logging

import streamlit as st

from face_rec.domain.errors import FaceRecError
from face_rec.people.photos.photos import decode, thumbnail
from face_rec.people.photos.portraits import AVATAR, data_uri, middle
from face_rec.protocols.snapshots import SnapshotStore

log = logging.getLogger(__name__)

PORTRAIT = 480


def photo(store: SnapshotStore, key: str | None, side: int = AVATAR) -> str | None:
    """The middle of the picture under ``key`` as a square data URI of at most ``side`` px; None
    without one.

    A store that does not answer costs the page its pictures, never its text.
    """
    return _loaded(store, key, side, square=True)


def whole_picture(store: SnapshotStore, key: str | None, side: int = 640) -> str | None:
    """The same, uncropped: a face may be anywhere in the picture of a mark."""
    return _loaded(store, key, side, square=False)


def _loaded(store: SnapshotStore, key: str | None, side: int, square: bool) -> str | None:
    if key is None:
        return None
    try:
        return _read(store, id(store), key, side, square)
    except FaceRecError as error:
        log.info("photo_missing key=%s error=%s", key, error)
        return None


@st.cache_data(max_entries=3000, ttl=3600, show_spinner=False)
def _read(
    _store: SnapshotStore,
    store_id: int,  # noqa: ARG001
    key: str,
    side: int,
    square: bool,
) -> str:
    image = decode(_store.get(key))
    return data_uri(thumbnail(middle(image) if square else image, side))

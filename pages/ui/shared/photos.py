"""Small pictures from the snapshot store, ready to stand in a page."""

import base64
import logging

import cv2
import streamlit as st

from face_rec.domain.errors import FaceRecError
from face_rec.domain.faces import Image
from face_rec.people.photos.photos import decode, thumbnail
from face_rec.protocols.snapshots import SnapshotStore

log = logging.getLogger(__name__)

AVATAR = 96
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


def data_uri(image: Image) -> str:
    """``image`` (BGR) as a JPEG that can stand in a page or a table cell."""
    jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
    return "data:image/jpeg;base64," + base64.b64encode(jpeg.tobytes()).decode()


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
    return data_uri(thumbnail(_middle(image) if square else image, side))


def _middle(image: Image) -> Image:
    height, width = image.shape[:2]
    edge = min(height, width)
    top, left = (height - edge) // 2, (width - edge) // 2
    return image[top : top + edge, left : left + edge]

"""Opens what a camera sends, within bounds: of time, of size, and of what it may lead to.

An address is typed by an admin, and what answers there by anybody: a playlist, a redirection or a
file's own table of contents may name other places. FFmpeg is told which protocols and which
formats it may use, so that none of them reaches a file, or anything but a picture.
"""

import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import av
from av.codec.hwaccel import HWAccel, hwdevices_available
from av.container import InputContainer
from av.video.stream import VideoStream

from face_rec.cameras.address import Address, file_in
from face_rec.domain.errors import SourceError
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

FOLDER: Final = "camera-files"
"""In DATA_DIR: the files that a camera may be."""
OPEN_SECONDS: Final = 5.0
READ_SECONDS: Final = 5.0
LARGEST: Final = 8192 * 4320
"""Pixels of a picture."""

_NETWORK: Final = "rtp,rtcp,udp,tcp,tls,rtsp,rtsps,http,https,httpproxy,crypto"
_STREAMS: Final = (
    "rtsp,sdp,rtp,mpjpeg,mjpeg,jpeg_pipe,png_pipe,webp_pipe,mpegts,mpeg,h264,hevc,flv,"
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm"
)
_FILES: Final = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mjpeg,h264,hevc,gif"
_RENDER: Final = Path("/dev/dri/renderD128")
_USB_FORMAT: Final = {"linux": "v4l2", "darwin": "avfoundation"}


@dataclass(frozen=True, slots=True)
class Opened:
    """``container`` is to be closed by whoever opened it."""

    container: InputContainer
    video: VideoStream

    @property
    def decoder(self) -> str:
        """Such as h264, or h264 (cuda) where a graphics card decodes."""
        context = self.video.codec_context
        return f"{context.name} ({hardware()})" if context.is_hwaccel else context.name

    def close(self) -> None:
        self.container.close()


def open_address(address: Address, folder: Path, seconds: float = OPEN_SECONDS) -> Opened:
    """``folder``: of the files that may be cameras. Takes ``seconds`` at most. Raises
    SourceError, which tells nothing secret, and CameraRefused of a file that is not there."""
    name, form, options = _how(address, folder)
    try:
        container = av.open(
            name, format=form, options=options, timeout=(seconds, READ_SECONDS),
            hwaccel=_acceleration(),
        )  # fmt: skip
    except (av.FFmpegError, OSError, ValueError) as error:
        raise SourceError(_why(address, error)) from None
    try:
        return _video(container, address)
    except BaseException:
        container.close()
        raise


def _video(container: InputContainer, address: Address) -> Opened:
    if not container.streams.video:
        raise SourceError(
            sentence(
                "{address} sends no video. Is it the address of its stream?",
                address=address.shown,
            )
        )
    video = container.streams.video[0]
    if video.width * video.height > LARGEST:
        raise SourceError(
            sentence(
                "{address} sends pictures that are too large. Choose less.",
                address=address.shown,
            )
        )
    video.thread_type = "NONE"  # several cameras share the cores: none takes all for itself
    video.codec_context.thread_count = 1
    return Opened(container, video)


def _how(address: Address, folder: Path) -> tuple[str, str | None, dict[str, str]]:
    if address.index is not None:
        return _usb(address.index)
    if address.file:
        allowed = {"protocol_whitelist": "file", "format_whitelist": _FILES}
        return str(file_in(folder, address.text)), None, allowed
    options = {"protocol_whitelist": _NETWORK, "format_whitelist": _STREAMS}
    if address.text.startswith(("rtsps", "https")):
        options["tls_verify"] = "0"  # cameras vouch for themselves
    if address.text.startswith("rtsp"):
        # Over TCP: a camera behind a firewall or a bad cable loses no half pictures.
        options |= {"rtsp_transport": "tcp", "max_delay": "200000", "fflags": "nobuffer"}
        options |= {"analyzeduration": "500000", "probesize": "500000", "fpsprobesize": "0"}
    return address.text, None, options


@cache
def hardware() -> str:
    """By what this machine decodes video besides its processor; "" where there is nothing."""
    if sys.platform == "darwin":
        return "videotoolbox" if "videotoolbox" in hwdevices_available() else ""
    devices = {"cuda": Path("/dev/nvidia0"), "vaapi": _RENDER, "qsv": _RENDER}
    there = (name for name, path in devices.items() if path.exists())
    return next((name for name in there if name in hwdevices_available()), "")


def _acceleration() -> HWAccel | None:
    """A codec that the device cannot decode is decoded by the processor."""
    found = hardware()
    return HWAccel(device_type=found, allow_software_fallback=True) if found else None


def _usb(index: int) -> tuple[str, str | None, dict[str, str]]:
    form = _USB_FORMAT.get(sys.platform)
    if form is None:
        raise SourceError(msgid("USB cameras work on Linux and macOS. Give the camera's URL."))
    name = f"/dev/video{index}" if form == "v4l2" else str(index)
    return name, form, {"framerate": "30"} if form == "avfoundation" else {}


def _why(address: Address, error: Exception) -> str:
    """What to do about it, without what FFmpeg says: it repeats the address."""
    shown = address.shown
    if address.index is not None:
        return sentence(
            "There is no camera {number} here, or another program has it. Is it plugged in? "
            "Under systemd it needs the line PrivateDevices=yes taken out.",
            number=str(address.index),
        )
    known = next((said for kinds, said in _REASONS if isinstance(error, kinds)), "")
    if known:
        return sentence(known, address=shown)
    return sentence(
        "{address} cannot be opened ({kind}). Check the address, the password, and whether the "
        "camera sends H.264, H.265 or MJPEG.",
        address=shown,
        kind=type(error).__name__,
    )


_REASONS: Final[tuple[tuple[tuple[type[Exception], ...], str], ...]] = (
    (
        (av.HTTPUnauthorizedError, av.HTTPForbiddenError),
        msgid("{address} refuses user and password. Check both."),
    ),
    (
        (av.HTTPNotFoundError,),
        msgid("{address} has no such stream. Check what stands behind the host."),
    ),
    (
        (av.TimeoutError, av.ExitError, TimeoutError),
        msgid("{address} does not answer. Is it on, and can this machine reach it?"),
    ),
    (
        (ConnectionError,),
        msgid("{address} takes no connection. Check the host and the port."),
    ),
)

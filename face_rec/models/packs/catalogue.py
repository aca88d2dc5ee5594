"""The published packs that can be pulled, and what is known of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from face_rec.languages.language import msgid
from face_rec.models.terms.model_facts import FREE, RESEARCH, Licence

RELEASES: Final = "https://github.com/deepinsight/insightface/releases/download/v0.7"
"""Where InsightFace publishes its packs, as ``<name>.zip``."""
_ZOO: Final = (
    "https://media.githubusercontent.com/media/opencv/opencv_zoo/"
    "47534e27c9851bb1128ccc0102f1145e27f23f98/models"
)
"""OpenCV Zoo's large files, as they were at one commit."""


@dataclass(frozen=True, slots=True)
class PackFile:
    """One ONNX file of a pack, as it must be."""

    name: str
    bytes: int
    sha256: str


class DetectorKind(StrEnum):
    """Whose outputs a detector has."""

    SCRFD = "scrfd"
    YUNET = "yunet"


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """What a recogniser wants to be shown: ``(pixel - mean) / std``, colours as ``RGB`` or
    ``BGR``."""

    mean: float
    std: float
    colours: str = "RGB"


@dataclass(frozen=True, slots=True)
class OfficialPack:
    """A published pack. Only two of its files are installed: nothing here needs the others.

    ``download``: size in bytes of what is downloaded, of a ZIP approximately (the release states
    none). ``addresses``: where each file is published, by name; empty for a ZIP of InsightFace's
    release. ``accuracy``: as the publisher states it; ``plainly``: how good it is, in words for
    somebody who chooses for the first time. ``detection_work``: multiply-adds for a 640×480
    picture; ``recognition_work``: for one face. ``efficiency``: the share of a plain 3×3
    convolution's rate that the models reach on a CPU.
    """

    name: str
    title: str
    download: int
    accuracy: str
    detection_work: float
    recognition_work: float
    efficiency: float
    detection: PackFile
    recognition: PackFile
    licence: Licence = RESEARCH
    addresses: Mapping[str, str] = field(default_factory=dict)
    detector: DetectorKind = DetectorKind.SCRFD
    plainly: str = ""

    def sources(self, mirror: str = "") -> Mapping[str, str]:
        """Where each file to download lies, by name; ``mirror``: the address of a folder that
        holds them all, instead of where they are published."""
        zipped = f"{self.name}.zip"
        published = self.addresses or {zipped: f"{RELEASES}/{zipped}"}
        base = mirror.rstrip("/")
        return {name: f"{base}/{name}" for name in published} if mirror else published


BUFFALO_L = OfficialPack(
    name="buffalo_l",
    title=msgid("Large: the most accurate, for a kiosk that matters"),
    download=288_600_000,
    accuracy="LFW 99.83 %, IJB-C 97.25 % (TAR at FAR 1e-4), MR-ALL 91.25 %",
    detection_work=10.0e9,
    recognition_work=6.3e9,
    efficiency=0.8,  # assumed: nearly all of it is 3×3 convolutions
    plainly=msgid(
        "The most accurate, above all where many people are registered: right in 998 of 1,000 "
        "pairs of photos in the usual public test."
    ),
    detection=PackFile(
        "det_10g.onnx",
        16_923_827,
        "5838f7fe053675b1c7a08b633df49e7af5495cee0493c7dcf6697200b85b5b91",
    ),
    recognition=PackFile(
        "w600k_r50.onnx",
        174_383_860,
        "4c06341c33c2ca1f86781dab0e829f88ad5b64be9fba56e56bc9ebdefc619e43",
    ),
)
BUFFALO_SC = OfficialPack(
    name="buffalo_sc",
    title=msgid("Small: about a tenth of the work, for small machines and many cameras"),
    download=15_000_000,
    accuracy="LFW 99.70 %, IJB-C 95.02 % (TAR at FAR 1e-4), MR-ALL 71.87 %",
    detection_work=0.5e9,
    recognition_work=0.45e9,
    efficiency=0.35,  # measured: depthwise layers wait for memory
    plainly=msgid(
        "Nearly as good with few people, and a tenth of the work, for small machines and many "
        "cameras: right in 997 of 1,000 pairs of photos in the usual public test."
    ),
    detection=PackFile(
        "det_500m.onnx",
        2_524_817,
        "5e4447f50245bbd7966bd6c0fa52938c61474a04ec7def48753668a9d8b4ea3a",
    ),
    recognition=PackFile(
        "w600k_mbf.onnx",
        13_616_099,
        "9cc6e4a75f0e2bf0b1aed94578f144d15175f357bdc05e815e5c4a02b319eb4f",
    ),
)
_YUNET = PackFile(
    "face_detection_yunet_2026may.onnx",
    229_738,
    "ebafce4e3c118d6554634be5c27ab333b4c047a9a8c3faf1d7cf93101c22f0f0",
)
_SFACE = PackFile(
    "face_recognition_sface_2021dec.onnx",
    38_696_353,
    "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79",
)
OPENCV_ZOO: Final = OfficialPack(
    name="opencv_zoo",
    title=msgid("Free: the one that every company may use, YuNet and SFace of OpenCV"),
    download=_YUNET.bytes + _SFACE.bytes,
    accuracy=msgid("LFW 99.60 % (OpenCV Zoo); no figures for larger galleries are published"),
    detection_work=0.45e9,  # YuNet's paper: 149 million at 320×320
    recognition_work=0.57e9,  # assumed from the size of the file: MobileNet at 112 px
    efficiency=0.35,  # as buffalo_sc, which has layers of the same kind
    detection=_YUNET,
    recognition=_SFACE,
    licence=FREE,
    plainly=msgid(
        "Good for a school or a company: right in 996 of 1,000 pairs of photos in the usual "
        "public test. Nothing is published of it for many people, so it rather asks for another "
        "look than name somebody wrongly."
    ),
    addresses={
        _YUNET.name: f"{_ZOO}/face_detection_yunet/{_YUNET.name}",
        _SFACE.name: f"{_ZOO}/face_recognition_sface/{_SFACE.name}",
    },
    detector=DetectorKind.YUNET,
)
OFFICIAL = {pack.name: pack for pack in (OPENCV_ZOO, BUFFALO_L, BUFFALO_SC)}
"""By name, first the one whose licence asks nothing of a company."""

EDIFFIQA: Final = PackFile(
    "ediffiqa_tiny_jun2024.onnx",
    7_272_678,
    "9426c899cc0f01665240cb7d9e7f98e18e24e456c178326c771a43da289bfc6a",
)
"""How good a face is for recognition: no part of a pack, and used where somebody has got it."""
EDIFFIQA_ADDRESS: Final = f"{_ZOO}/face_image_quality_assessment_ediffiqa/{EDIFFIQA.name}"
EDIFFIQA_LICENCE: Final = (
    "eDifFIQA(T) (Babnik, Peer, Štruc; OpenCV Zoo) is under CC BY 4.0: a company may use it, and "
    "names its authors."
)

PREPROCESSING: Final[Mapping[str, Preprocessing]] = {
    _SFACE.sha256: Preprocessing(0.0, 1.0),  # as cv2.FaceRecognizerSF shows it a face
}
"""By sha256, of recognisers whose graph does not tell it to InsightFace."""


def official_with(detection: PackFile, recognition: PackFile) -> OfficialPack | None:
    """The published pack that has just these files, whatever its folder is called."""
    digests = (detection.sha256, recognition.sha256)
    return next(
        (p for p in OFFICIAL.values() if (p.detection.sha256, p.recognition.sha256) == digests),
        None,
    )

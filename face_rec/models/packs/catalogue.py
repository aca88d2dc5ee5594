"""The official InsightFace packs that can be pulled, and what is known of them."""

from dataclasses import dataclass

RELEASES = "https://github.com/deepinsight/insightface/releases/download/v0.7"
"""Where InsightFace publishes its packs, as ``<name>.zip``."""

LICENCE = (
    "The weights of InsightFace's packs are free for non-commercial research only; any other "
    "use needs a licence from InsightFace (https://www.insightface.ai). This is separate from "
    "the licence of this software."
)


@dataclass(frozen=True, slots=True)
class PackFile:
    """One ONNX file of a pack, as it must be."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class OfficialPack:
    """A published pack. Only two of its files are installed: nothing here needs the others.

    ``download``: size of the ZIP in bytes, approximately (the release states none).
    ``accuracy``: from InsightFace's model zoo page. ``detection_work``: multiply-adds for a
    640×480 picture, from SCRFD's paper; ``recognition_work``: for one face. ``efficiency``: the
    share of a plain 3×3 convolution's rate that the models reach on a CPU.
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


BUFFALO_L = OfficialPack(
    name="buffalo_l",
    title="Large: the most accurate, for a kiosk that matters",
    download=288_600_000,
    accuracy="LFW 99.83 %, IJB-C 97.25 % (TAR at FAR 1e-4), MR-ALL 91.25 %",
    detection_work=10.0e9,
    recognition_work=6.3e9,
    efficiency=0.8,  # assumed: nearly all of it is 3×3 convolutions
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
    title="Small: about a tenth of the work, for small machines and many cameras",
    download=15_000_000,
    accuracy="LFW 99.70 %, IJB-C 95.02 % (TAR at FAR 1e-4), MR-ALL 71.87 %",
    detection_work=0.5e9,
    recognition_work=0.45e9,
    efficiency=0.35,  # measured: depthwise layers wait for memory
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
OFFICIAL = {pack.name: pack for pack in (BUFFALO_L, BUFFALO_SC)}


def is_official(detection: PackFile, recognition: PackFile) -> bool:
    """Whether these are the files of one published pack, whatever the folder is called."""
    digests = (detection.sha256, recognition.sha256)
    return any((p.detection.sha256, p.recognition.sha256) == digests for p in OFFICIAL.values())

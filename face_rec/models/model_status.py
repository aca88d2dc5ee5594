"""The status of the models, made: what is said of them, and what to do."""

from collections.abc import Collection
from dataclasses import replace

from face_rec.domain.errors import FaceRecError, ModelError, PackMissing
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Sentence, listed, sentence
from face_rec.models.packs.catalogue import OFFICIAL
from face_rec.models.packs.manifest import Pack
from face_rec.models.packs.pack_downloads import PackDownloads
from face_rec.models.runtime.providers import WISHES, name_of
from face_rec.models.runtime.speed import estimate
from face_rec.models.scores.calibration import ScoreCalibration, SiteScores
from face_rec.models.terms.model_facts import Origin, Speed
from face_rec.models.terms.model_status import ModelState, ModelStatus, PackOffer
from face_rec.protocols.models import FaceModels


def loading(wanted: str) -> ModelStatus:
    """While there is none yet."""
    words = sentence("The model pack '{name}' is being loaded.", name=wanted)
    return ModelStatus(ModelState.LOADING, words, wanted)


def failed(
    status: ModelStatus, used: FaceModels | None, wanted: str, error: FaceRecError
) -> ModelStatus:
    """After ``error``: that of the models still ``used``, where there are some."""
    if used:
        warning = sentence(
            "'{wanted}' could not be loaded, so '{used}' stays in use: {error}",
            wanted=wanted, used=used.pack, error=error.said,
        )  # fmt: skip
        return replace(status, warning=warning)
    state = ModelState.MISSING if isinstance(error, PackMissing) else ModelState.FAILED
    return ModelStatus(state, error.said, wanted)


def foreign_scores(pack: str) -> ModelError:
    """Why ``pack``, which the site uses, is not used here."""
    return ModelError(
        sentence(
            "The site uses the pack '{pack}'. MATCH_THRESHOLD or MATCH_MARGIN is set here for "
            "another one, and would name strangers with it. Remove both, restart.",
            pack=pack,
        )
    )


def on_this_site(status: ModelStatus, models: FaceModels | None) -> ModelStatus:
    """``status``, with what an admin took over from the site's own people."""
    scores = models.calibration if models else None
    if not isinstance(scores, SiteScores) or scores.own is None:
        return status
    return replace(
        status,
        calibration=Origin.OWN,
        largest_gallery=scores.largest_gallery,
        warning=_without(status.warning, _doubt(scores.model)),
    )


def ready(
    pack: Pack, models: FaceModels, speed: Speed, note: str, providers: Collection[str]
) -> ModelStatus:
    """The status of a pack that works."""
    contract, calibration = models.contract, pack.calibration
    provider = name_of(models.provider)
    words = (
        msgid("The model pack '{name}' (custom weights) runs on {processor}.")
        if pack.custom
        else msgid("The model pack '{name}' (official weights) runs on {processor}.")
    )
    return ModelStatus(
        state=ModelState.READY,
        message=sentence(words, name=pack.name, processor=provider),
        pack=pack.name,
        warning=_warnings(note, _doubt(calibration)),
        provider=provider,
        offered=tuple(short for short, name in WISHES.items() if name in providers),
        custom=pack.custom,
        contract=contract.digest,
        dimension=contract.dimension,
        calibration=calibration.origin,
        largest_gallery=calibration.largest_gallery,
        licence=pack.licence,
        speed=speed,
        liveness=models.life.licence if models.life else "",
    )


def _doubt(calibration: ScoreCalibration) -> str:
    if calibration.origin is Origin.UNKNOWN:
        return msgid(
            "Uncalibrated: nothing is known of this model's scores, so the threshold is a "
            "cautious guess; measure it on pictures of your own: python -m face_rec models "
            "calibrate FOLDER."
        )
    if calibration.origin is Origin.ESTIMATED:
        return msgid(
            "The threshold of this model is a cautious estimate; to make it exact, measure it on "
            "pictures of your own: python -m face_rec models calibrate FOLDER."
        )
    return ""


def _warnings(*parts: str) -> str:
    """Each is told in its reader's language."""
    known = [part for part in parts if part]
    return listed(known, " ") if known else ""


def _without(warning: str, doubt: str) -> str:
    """What else is wrong, where :func:`ready` has put both together."""
    if not doubt or not isinstance(warning, Sentence):
        return warning
    return _warnings(*(str(one) for one in warning.values.values() if one != doubt))


def offers(
    used: ModelStatus | None, here: Collection[str], downloads: PackDownloads
) -> list[PackOffer]:
    """The official packs. ``used``: the status of the pack in use, where there is one; ``here``:
    the names of those that are installed."""
    mine = used.pack if used is not None and not used.custom else ""
    return [
        _offer(
            name, downloads, used.speed if used is not None and name == mine else None,
            installed=name in here, in_use=name == mine,
        )
        for name in OFFICIAL
    ]  # fmt: skip


def _offer(
    name: str, downloads: PackDownloads, speed: Speed | None, *, installed: bool, in_use: bool
) -> PackOffer:
    """``speed`` as it was measured, where it is in use."""
    official = OFFICIAL[name]
    return PackOffer(
        name=name, title=official.title, bytes=official.download, accuracy=official.accuracy,
        plainly=official.plainly, begun=downloads.begun(official),
        sources=downloads.sources(official), speed=speed or estimate(official),
        licence=official.licence, installed=installed, in_use=in_use,
    )  # fmt: skip

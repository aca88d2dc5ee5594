"""Checks of the gallery: whether anybody can be recognised, and by how many it was measured."""

from collections.abc import Callable
from typing import Final, Protocol

from face_rec.domain.health import Check, HealthCheck
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Figure, listed, sentence, sentence_many

_NOBODY: Final = msgid("nobody can be recognised")


class GalleryLike(Protocol):
    """What is asked of a gallery's status."""

    @property
    def ready(self) -> bool: ...
    @property
    def people(self) -> int: ...
    @property
    def loading(self) -> tuple[int, int] | None: ...
    @property
    def error(self) -> str: ...
    @property
    def blind(self) -> bool: ...


def gallery_check(status: Callable[[], GalleryLike], registered: Callable[[], int]) -> Check:
    """Not ready before the first load; a warning when it cannot keep up afterwards, and while
    nobody can be recognised. ``registered``: how many people there are; asked only then."""

    def check() -> HealthCheck:
        now = status()
        detail = sentence_many(
            "{count} person can be recognised", "{count} people can be recognised", now.people
        )
        if not now.ready:
            return HealthCheck("gallery", ok=False, detail=_read(now.loading), advice=now.error)
        if now.blind:
            there = (_read(now.loading),) if now.loading else ()
            says = listed((_NOBODY, *there))
            return HealthCheck("gallery", ok=False, detail=says, advice=now.error)
        if now.error:
            advice = sentence(
                "{error} Who was registered before is still recognised.", error=now.error
            )
            return HealthCheck("gallery", ok=True, detail=detail, advice=advice, warning=True)
        if not now.people:
            do = _nobody(registered())
            return HealthCheck("gallery", ok=True, detail=_NOBODY, advice=do, warning=True)
        return HealthCheck("gallery", ok=True, detail=detail)

    return check


def _nobody(registered: int) -> str:
    """What to do where not one of so many can be recognised."""
    if not registered:
        return msgid(
            "Nobody is registered yet. Register the first person with the camera, or import a ZIP "
            "file of photos, under People."
        )
    return sentence_many(
        "{count} person is registered and has no photos that this model can use, no consent, or "
        "is deactivated. Open them under People to see which, and mend it. PINs and badges go on.",
        "{count} people are registered, and each has no photos that this model can use, no "
        "consent, or is deactivated. Open them under People to see which, and mend it. PINs and "
        "badges go on.",
        registered,
    )


def _read(loading: tuple[int, int] | None) -> str:
    if loading is None:
        return msgid("the faces of the people were not read from the database yet")
    done, total = loading
    return sentence_many(
        "the faces of {done} of {count} person were read from the database",
        "the faces of {done} of {count} people were read from the database",
        total,
        done=Figure(done),
    )


def accuracy_check(templates: Callable[[], int], largest: Callable[[], int | None]) -> Check:
    """A warning beyond the number of templates for which the model's threshold was measured.

    ``largest`` answers None while no model is loaded.
    """

    def check() -> HealthCheck:
        here, most = templates(), largest()
        if most is None or here <= most:
            fits = msgid("the model was measured with as many photos as are enrolled")
            says = fits if most else msgid("no model is loaded")
            return HealthCheck("accuracy", ok=True, detail=says)
        return HealthCheck(
            "accuracy",
            ok=True,
            detail=sentence_many(
                "{count} photo of people is enrolled, and the model was measured with up to "
                "{most}",
                "{count} photos of people are enrolled, and the model was measured with up to "
                "{most}",
                here,
                most=Figure(most),
            ),
            advice=msgid(
                "How rarely it takes a stranger for one of so many, nobody has measured. Use a "
                "larger model pack, or measure this one on your own people: page Models, or "
                "python -m face_rec calibrate"
            ),
            warning=True,
        )

    return check

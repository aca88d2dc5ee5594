"""Recognition and the video that it looks at."""

from typing import Annotated, Self

from pydantic import model_validator

from face_rec.domain.errors import SettingError
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.settings.kinds import (
    CameraWorker,
    Cooldown,
    GalleryKind,
    IceUrls,
    Number,
    Provider,
    RedisUrl,
    Secret,
    TurnUrl,
    VideoTransport,
    WebUrl,
    WholeNumber,
)
from face_rec.settings.topic import Topic, setting


class Recognition(Topic):
    """Models, matching, and how a kiosk's video travels."""

    section = "Recognition"

    model_pack: str = setting(
        "buffalo_l",
        "Name of an installed model pack, or the path of a folder.",
    )
    model_mirror: WebUrl | None = setting(
        "",
        "Web address of a folder of yours that holds the downloads of model packs; empty: they "
        "come from where they are published.",
    )
    liveness_pack: str = setting(
        "liveness",
        "Name of installed liveness models (docs/liveness.md), or the path of a folder; where "
        "there are none, nothing is checked.",
    )
    model_provider: Provider = setting(
        "auto",
        "Where models run: auto, cpu, cuda, coreml or directml.",
    )
    workers: Annotated[int, WholeNumber(0, 64)] = setting(
        "0",
        "Recognition threads; 0 means one for each processor core, at most 4.",
    )
    camera_worker: CameraWorker = setting(
        "auto",
        "auto: the app itself serves its share of the site's cameras. off: only workers started "
        "by python -m face_rec cameras do.",
    )
    gallery: GalleryKind = setting(
        "exact",
        "How templates are held: exact, as floats in memory; int8, as bytes in memory and sealed "
        "floats on the disk of DATA_DIR, for a million people; redis-vectors, in the memory of "
        "the Redis 8 that VECTORS_URL names, which several processes share (docs/vectors.md).",
    )
    gallery_file: bool = setting(
        "on",
        "Keep a sealed copy of all templates in DATA_DIR where there are 5,000 people or more, so "
        "that a start reads only what has changed since (docs/scale.md). off: each start reads "
        "everybody from Redis, some three seconds for 100,000 people.",
    )
    vectors_url: RedisUrl | None = setting(
        "",
        "Where GALLERY is redis-vectors: address of a Redis 8 of its own, which finds vectors and "
        "writes nothing to its disk.",
    )
    match_threshold: Annotated[float, Number(0.05, 0.99)] | None = setting(
        "",
        "Lowest cosine that may name somebody; empty: from the model's calibration and the "
        "number of people.",
    )
    match_margin: Annotated[float, Number(0.0, 0.9)] | None = setting(
        "",
        "Least lead over the second-best person; empty: from the calibration.",
    )

    @property
    def own_threshold(self) -> bool:
        """Whether the scores that name somebody are set by hand: they are those of one model."""
        return self.match_threshold is not None or self.match_margin is not None

    cooldown_seconds: Cooldown = setting("300", "A person is not marked again within this time.")
    video_transport: VideoTransport = setting(
        "auto",
        "How a kiosk's live video travels: webrtc, http (JPEGs over the page's own connection), "
        "or auto: WebRTC, and HTTP where it does not connect.",
    )
    ice_servers: IceUrls | None = setting(
        "",
        "STUN servers for WebRTC beyond the local network, separated by commas.",
    )
    turn_url: TurnUrl | None = setting(
        "",
        "TURN server that relays WebRTC, such as turn:turn.example.org:3478.",
    )
    turn_secret: Secret | None = setting(
        "",
        "Secret shared with the TURN server (coturn: static-auth-secret).",
    )

    @model_validator(mode="after")
    def _gallery_has_its_engine(self) -> Self:
        if self.gallery == "redis-vectors" and self.vectors_url is None:
            raise SettingError(
                msgid(
                    "GALLERY is 'redis-vectors', but VECTORS_URL is empty: name a "
                    "Redis 8 of its own there, or set GALLERY=int8."
                )
            )
        return self

    @model_validator(mode="after")
    def _relay_is_whole(self) -> Self:
        if (self.turn_url is None) != (self.turn_secret is None):
            missing = "TURN_SECRET" if self.turn_secret is None else "TURN_URL"
            raise SettingError(
                sentence(
                    "{missing} is empty, but a relay needs both TURN_URL and TURN_SECRET.",
                    missing=missing,
                )
            )
        return self

"""The site and its data: where people, marks and pictures rest (Redis, S3), what is encrypted,
and how long it is kept."""

from typing import Annotated, Self

from pydantic import model_validator

from face_rec.domain.errors import SettingError
from face_rec.domain.site.self_enrolment import CONSENT_TEXT
from face_rec.languages.sentence import sentence
from face_rec.settings.kinds import (
    Days,
    Encryption,
    FewDays,
    LanguageCode,
    Nodes,
    Port,
    RedisMode,
    RedisUrl,
    RootedPath,
    Secret,
    Slug,
    Title,
    WebUrl,
    WholeNumber,
    Zone,
)
from face_rec.settings.topic import Topic, setting


class Site(Topic):
    """Who this installation is for and where its data lie."""

    section = "The site"

    site: Slug = setting("main", "Short name of this site; keeps the data of several sites apart.")
    title: Title = setting("Attendance", "Name shown at the top of every page.")
    timezone: Zone = setting(
        "UTC",
        "Time zone of the site, such as Europe/Berlin. Stored times are UTC.",
    )
    site_language: LanguageCode = setting(
        "en",
        "Language of the kiosks' screens and voices: en, en-US, de, fr, es, pt, it, pl, tr, ru, "
        "hi, zh-Hans or ar.",
    )
    data_dir: RootedPath = setting(
        "data",
        "Folder for the embedded Redis, journal, snapshots and models.",
    )
    consent_version: str = setting("1", "Version of the consent text, recorded with each consent.")
    consent_text: str = setting(
        CONSENT_TEXT,
        "What a person agrees to before their face is stored.",
    )


class Privacy(Topic):
    """What is encrypted, and for how long data are kept."""

    section = "Privacy"

    data_key: Secret | None = setting(
        "",
        "Key that encrypts profiles, templates and pictures, in S3 too; empty: stored as they "
        "are. Several separated by commas: the first is used, the others still open what they "
        "sealed. Keep a copy elsewhere: without it all is lost.",
    )
    chain_key: Secret | None = setting(
        "",
        "Key of the tamper-evident chain of marks, several separated by commas as above; empty: "
        "one is made in DATA_DIR/keys. Set it where several machines share one Redis.",
    )
    photo_checks: bool = setting(
        "true",
        "Refuse enrolment photos with closed or covered eyes, a covered mouth, motion blur, light "
        "from one side, drawings, screens. false: only size, light, sharpness and pose are looked "
        "at, for who cannot show their face otherwise (a veil, eyes that do not open).",
    )
    keep_photos: bool = setting(
        "true",
        "Keep every accepted enrolment photo, sealed and erased like all pictures, so that "
        "another model needs nobody to come in again. false: kept ones are removed within a day, "
        "and a change of the model goes by the portrait, and calls in whoever has none.",
    )
    count_missed: bool = setting(
        "false",
        "Count how often a visit to a kiosk ends without a name although it came near to somebody "
        "registered, so that Models, Look after the gallery, tells who needs new photos: a number "
        "for each person and day, kept for 28 days (docs/models.md). false: nothing is counted, "
        "and what was is erased.",
    )
    snapshot_days: Days = setting(
        "0",
        "Pictures of marks are deleted after so many days; 0: never.",
    )
    inactive_days: Days = setting(
        "0",
        "Templates, photos and guardians of people without a mark for so many days are deleted; "
        "0: never.",
    )
    stranger_days: FewDays = setting(
        "0",
        "Unknown people whom a kiosk sees well are kept for so many days, to know who comes again "
        "(page Unknown); 0: nobody is kept.",
    )
    stranger_notice: str = setting(
        "Cameras at this door compare faces. Who is not registered here is kept for up to {days} "
        "days as a numerical template with one picture of each visit, to notice who comes again; "
        "then it is deleted. Ask at the office to have yours deleted at once.",
        "Notice for the door where unknown people are kept; {days} becomes STRANGER_DAYS.",
    )


class Redis(Topic):
    """Which Redis holds people and marks."""

    section = "Redis (empty: an embedded Redis in DATA_DIR)"

    redis_url: RedisUrl | None = setting(
        "",
        "Whole address of a Redis, instead of the parts below.",
    )
    redis_host: str | None = setting("", "Host of a Redis server.")
    redis_port: Port = setting("6379", "Port of the Redis server.")
    redis_db: Annotated[int, WholeNumber(0, 1023)] = setting(
        "0",
        "Database number; a cluster has only 0.",
    )
    redis_username: str | None = setting("", "User name, where Redis has access lists.")
    redis_password: Secret | None = setting("", "Password of the Redis server.")
    redis_tls: bool = setting("false", "true to speak TLS with Redis.")
    redis_mode: RedisMode = setting("standalone", "standalone, cluster or sentinel.")
    redis_nodes: Nodes | None = setting(
        "",
        "Cluster nodes or sentinels as host:port,host:port; empty: REDIS_HOST and REDIS_PORT.",
    )
    redis_sentinel_service: str = setting(
        "mymaster",
        "Name of the service that the sentinels watch.",
    )
    redis_wait_replicas: Annotated[int, WholeNumber(0, 5)] = setting(
        "0",
        "Replicas that must have a mark before it counts as handed on.",
    )
    journal_hours: Annotated[int, WholeNumber(0, 720)] = setting(
        "72",
        "Hours for which what Redis has been told (marks, people, rules, accounts ...) stays on "
        "this machine's disk as well, to be offered again if it loses that: hours in which the "
        "machine runs, whatever its clock shows; 0: not at all.",
    )

    @property
    def embedded_redis(self) -> bool:
        return not (self.redis_url or self.redis_host or self.redis_nodes)

    @model_validator(mode="after")
    def _redis_fits_together(self) -> Self:
        if self.redis_mode == "cluster" and self.redis_db:
            raise SettingError(
                sentence(
                    "REDIS_DB is {redis_db}, but a cluster has only database 0.",
                    redis_db=self.redis_db,
                )
            )
        if self.redis_mode != "standalone" and self.embedded_redis:
            raise SettingError(
                sentence(
                    "REDIS_MODE is '{redis_mode}', but needs REDIS_NODES or REDIS_HOST.",
                    redis_mode=self.redis_mode,
                )
            )
        return self


class Snapshots(Topic):
    """Whether pictures of marks are kept, and where."""

    section = "Snapshots (no S3_BUCKET: a folder in DATA_DIR)"

    save_snapshots: bool = setting("true", "Keep a picture of the moment of each mark.")
    s3_bucket: str | None = setting("", "S3 bucket for snapshots.")
    s3_prefix: str = setting("attendance/", "Prefix of every key in the bucket.")
    s3_endpoint_url: WebUrl | None = setting("", "Address of an S3-compatible server; empty: AWS.")
    s3_encryption: Encryption = setting(
        "AES256",
        "Server-side encryption: AES256, aws:kms or none.",
    )
    s3_kms_key_id: str | None = setting("", "KMS key for aws:kms; empty: the account's own.")
    witness_bucket: str | None = setting(
        "",
        "S3 bucket for the copy of the chain's witness; empty: S3_BUCKET.",
    )
    witness_lock_days: Days = setting(
        "0",
        "Days for which S3 lets nobody change or delete what the witness wrote; the bucket needs "
        "Object Lock. 0: not locked.",
    )


class Aws(Topic):
    """Region and credentials for S3."""

    section = "AWS (empty: the default credential chain, so an EC2 role needs no keys)"

    aws_region: str | None = setting("", "AWS region of the bucket.")
    aws_access_key_id: str | None = setting("", "Access key.")
    aws_secret_access_key: Secret | None = setting("", "Secret of the access key.")
    aws_session_token: Secret | None = setting("", "Token of temporary keys.")

"""The site itself, and the privacy of the people in it."""

from face_rec.settings.kinds import Days, RootedPath, Secret, Slug, Title, Zone
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
    data_dir: RootedPath = setting(
        "data",
        "Folder for the embedded Redis, journal, snapshots and models.",
    )
    consent_version: str = setting("1", "Version of the consent text, recorded with each consent.")
    consent_text: str = setting(
        "I agree that my face is photographed, that a numerical template of it is stored, and "
        "that both are used only to record my attendance. I can withdraw this at any time.",
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
    snapshot_days: Days = setting(
        "0",
        "Pictures of marks are deleted after so many days; 0: never.",
    )
    inactive_days: Days = setting(
        "0",
        "Templates and photos of people without a mark for so many days are deleted; 0: never.",
    )

"""What ``doctor`` looks for in the files of this machine that nobody reads otherwise."""

from pathlib import Path

from face_rec.domain.health import Check, HealthCheck
from face_rec.languages.language import msgid
from face_rec.languages.sentence import listed, sentence, sentence_many, stored
from face_rec.stores.journal.journal_segment import SUFFIX
from face_rec.stores.journal.quarantine import Quarantine


def aside_check(data_dir: Path) -> Check:
    """A warning when something was set aside because it could not be read or handed on."""
    folders = (
        Quarantine(data_dir / "journal" / "quarantine"),
        Quarantine(data_dir / "spool-quarantine"),
    )

    def check() -> HealthCheck:
        entries, pictures = (one.all() for one in folders)
        both = list(zip(folders, (entries, pictures), strict=True))
        if not entries and not pictures:
            return HealthCheck("set aside", ok=True, detail=msgid("nothing"))
        first = next(some[0] for _, some in both if some)
        advice = sentence(
            "Look into {folders}: beside each file stands why, {file} for one: {reason} They are "
            "tried again at the next start of the app; what you do not need any more, delete.",
            folders=", ".join(str(one.folder) for one, some in both if some),
            file=first.name,
            reason=stored(first.reason),
        )
        detail = _set_aside(len(entries), len(pictures))
        return HealthCheck("set aside", ok=True, detail=detail, advice=advice, warning=True)

    return check


def _set_aside(entries: int, pictures: int) -> str:
    found = []
    if entries:
        found.append(sentence_many("{count} journal entry", "{count} journal entries", entries))
    if pictures:
        found.append(sentence_many("{count} picture", "{count} pictures", pictures))
    return listed(found)


def journal_files_check(folder: Path) -> Check:
    """Failed where a file of the journal cannot be read: marks in it reach nobody."""

    def check() -> HealthCheck:
        bad: list[str] = []
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            try:
                path.read_bytes()
            except FileNotFoundError:  # settled meanwhile
                continue
            except OSError as error:
                bad.append(f"{path.name} ({error.strerror or error})")
        if not bad:
            return HealthCheck("journal files", ok=True, detail=msgid("all can be read"))
        files = ", ".join(bad[:3])
        return HealthCheck("journal files", ok=False,
            detail=sentence("{number} cannot be read: {files}", number=len(bad), files=files),
            advice=sentence(
                "Marks that were confirmed may be in them. Give the app's user the files in "
                "{folder}, or repair the disk; the app takes them over within a minute.",
                folder=folder,
            ),
        )  # fmt: skip

    return check

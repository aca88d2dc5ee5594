"""``make messages``: finds what is said in the sources, and brings every catalogue up to date.

A domain is a set of files whose texts are translated together: what kiosks say, what is told in
messages, what commands print, and each room of the office. A text is found where it is given to
``gettext``, ``ngettext`` or ``msgid``, on a page and in a command to ``said`` or ``said_many``,
and where nobody knows who will read it to ``sentence`` or ``sentence_many``.
"""

import ast
import io
import re
import sys
from collections.abc import Iterable
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from face_rec.languages.language import LANGUAGES
from face_rec.languages.translator import CATALOGUES

ROOT: Final = Path(__file__).resolve().parent.parent
DOMAINS: Final = {
    "kiosk": (
        "face_rec/access/devices/badges.py",
        "face_rec/access/devices/devices.py",
        "face_rec/attendance/marks/meaning.py",
        "face_rec/domain/liveness.py",
        "face_rec/domain/marks.py",
        "face_rec/kiosks/*.py",
        "face_rec/web/base/templates/kiosk.html",
        "face_rec/web/base/templates/kiosk_start.html",
        "face_rec/web/base/templates/message.html",
        "face_rec/web/live/*.py",
        "face_rec/web/server/installed.py",
        "face_rec/web/signin/kiosk_device.py",
        "pages/take_attendance.py",
        "pages/ui/assets/camera_words.js",
        "pages/ui/assets/kiosk*.js",
        "pages/ui/assets/live_screen.js",
        "pages/ui/assets/page_parts.js",
        "pages/ui/assets/still_camera.js",
        "pages/ui/kiosk/*.py",
    ),
    "own": (
        "face_rec/access/devices/pin*.py",
        "face_rec/access/signin/own_sign_in.py",
        "face_rec/assembly/attendance/calendars.py",
        "face_rec/calendars/*.py",
        "face_rec/requests/*.py",
        "face_rec/web/base/templates/own*.html",
        "face_rec/web/own/*.py",
        "face_rec/web/signin/own.py",
        "face_rec/web/signin/person_claims.py",
        "pages/my_attendance.py",
        "pages/ui/own/*.py",
    ),
    "enrol": (
        "face_rec/domain/site/self_enrolment.py",
        "face_rec/invitations/*.py",
        "face_rec/people/photos/capture.py",
        "face_rec/people/photos/capture_hints.py",
        "face_rec/web/base/templates/self_enrol.html",
        "face_rec/web/enrol/*.py",
        "face_rec/web/frames/phone_stills.py",
    ),
    "mobile": (
        "face_rec/mobile/*.py",
        "face_rec/web/base/templates/punch*.html",
        "face_rec/web/mobile/*.py",
    ),
    "notices": (
        "face_rec/notices/*.py",
        "face_rec/notices/deciding/*.py",
        "face_rec/notices/guardians/*.py",
        "face_rec/notices/personal/*.py",
        "face_rec/notices/reports/report_letters.py",
        "face_rec/notices/running/*.py",
        "face_rec/notices/sources/*.py",
        "face_rec/web/base/templates/acknowledge.html",
        "face_rec/web/base/templates/deciding.html",
        "face_rec/web/base/templates/guardian.html",
        "face_rec/web/told/[a-u]*.py",
    ),
    "signin": (
        "face_rec/access/accounts/*.py",
        "face_rec/access/control/*.py",
        "face_rec/access/factors/*.py",
        "face_rec/access/limits/*.py",
        "face_rec/access/signin/[a-np-z]*.py",
        "face_rec/access/subject_records.py",
        "face_rec/stores/access/records.py",
        "face_rec/web/base/relying.py",
        "face_rec/web/base/templates/account.html",
        "face_rec/web/base/templates/back.html",
        "face_rec/web/base/templates/confirm*.html",
        "face_rec/web/base/templates/enrol*.html",
        "face_rec/web/base/templates/factor*.html",
        "face_rec/web/base/templates/leaving.html",
        "face_rec/web/base/templates/log*.html",
        "face_rec/web/base/templates/passkey_refused.html",
        "face_rec/web/base/templates/re[cf]*.html",
        "face_rec/web/base/templates/se[st]*.html",
        "face_rec/web/entrance.py",
        "face_rec/web/factors/*.py",
        "face_rec/web/gate/*.py",
        "face_rec/web/signin/login.py",
        "face_rec/web/signin/oidc.py",
        "face_rec/web/signin/provider.py",
    ),
    "records": (
        "face_rec/attendance/days/explanation.py",
        "face_rec/attendance/mark_queries.py",
        "face_rec/attendance/marks/correction.py",
        "face_rec/attendance/marks/records.py",
        "face_rec/attendance/attendance_service.py",
        "face_rec/attendance/terms/status.py",
        "face_rec/attendance/timesheets.py",
        "face_rec/stores/left/left_days.py",
        "pages/overview.py",
        "pages/records.py",
        "pages/ui/overview/*.py",
        "pages/ui/records/*.py",
    ),
    "visitors": (
        "face_rec/visitors/*.py",
        "face_rec/web/base/templates/visiting.html",
        "face_rec/web/told/visiting.py",
        "pages/ui/visitors/*.py",
        "pages/visitors.py",
    ),
    # the rooms of the office; tests/unit/languages/test_office_words.py has those still English
    "office": (
        "face_rec/access/pages.py",
        "face_rec/attendance/terms/filters.py",
        "pages/main.py",
        "pages/ui/frame/*.py",
        "pages/ui/shared/*.py",
    ),
    "access": (
        "face_rec/access/accounts/account.py",
        "face_rec/access/accounts/passwords.py",
        "face_rec/access/devices/tokens.py",
        "face_rec/access/factors/factors.py",
        "face_rec/attendance/kiosk_service.py",
        "pages/accounts.py",
        "pages/audit.py",
        "pages/kiosks.py",
        "pages/tokens.py",
        "pages/ui/access/*.py",
    ),
    "system": (
        "face_rec/archive/database.py",
        "face_rec/archive/files/worker.py",
        "face_rec/archive/archive_status.py",
        "face_rec/assembly/site.py",
        "face_rec/attendance/marks/clock_doubts.py",
        "face_rec/domain/clock_state.py",
        "face_rec/journey/streams/performance_advice.py",
        "face_rec/stores/redis/aof_repair.py",
        "face_rec/stores/redis/client.py",
        "face_rec/stores/redis/durability.py",
        "face_rec/stores/redis/redis_health.py",
        "face_rec/stores/redis/server_history.py",
        "face_rec/stores/site/site_state.py",
        "face_rec/stores/vectors/agreements.py",
        "face_rec/stores/verify/*.py",
        "face_rec/stores/witness/*.py",
        "face_rec/timekeeping/*.py",
        "face_rec/web/ops/*.py",
        "pages/system.py",
    ),
    "privacy": (
        "face_rec/assembly/archive/erasing.py",
        "face_rec/assembly/people/invitations.py",
        "face_rec/assembly/people/keepers.py",
        "face_rec/assembly/people/mobile.py",
        "face_rec/assembly/people/personal_data.py",
        "face_rec/assembly/people/strangers.py",
        "face_rec/assembly/models/vectors.py",
        "face_rec/assembly/people/views.py",
        "face_rec/privacy/*.py",
        "face_rec/stores/redis/purge.py",
        "face_rec/stores/sealing/sealer.py",
        "pages/privacy.py",
        "pages/ui/system/retention_card.py",
    ),
    "models": (
        "face_rec/assembly/attendance/marked_photos.py",
        "face_rec/domain/site/own_calibration.py",
        "face_rec/journey/still.py",
        "face_rec/models/*.py",
        "face_rec/models/packs/*.py",
        "face_rec/models/runtime/*.py",
        "face_rec/models/scores/*.py",
        "face_rec/models/terms/*.py",
        "face_rec/people/change/*.py",
        "pages/models.py",
        "pages/ui/system/[cfgmo]*.py",
    ),
    "watch": (
        "face_rec/cameras/*.py",
        "face_rec/cameras/serving/*.py",
        "face_rec/domain/names.py",
        "face_rec/domain/strangers.py",
        "face_rec/stores/strangers/*.py",
        "face_rec/strangers/*.py",
        "pages/cameras.py",
        "pages/notices.py",
        "pages/ui/assets/region.js",
        "pages/ui/assets/wall.js",
        "pages/ui/cameras/*.py",
        "pages/ui/notices/*.py",
        "pages/ui/unknown/*.py",
        "pages/unknown.py",
        "pages/wall.py",
    ),
    "cli": (
        "app.py",
        "config.py",
        "face_rec/__main__.py",
        "face_rec/archive/checking/verify.py",
        "face_rec/archive/files/verify.py",
        "face_rec/archive/copying/belonging.py",
        "face_rec/archive/files/manifest.py",
        "face_rec/archive/restoring.py",
        "face_rec/archive/tables/upgrade.py",
        "face_rec/assembly/archive/month_files.py",
        "face_rec/assembly/archive/postgres.py",
        "face_rec/assembly/commands/drill.py",
        "face_rec/assembly/web/handover.py",
        "face_rec/attendance/exports/export.py",
        "face_rec/cli/*.py",
        "face_rec/cli/records/*.py",
        "face_rec/cli/parts/*.py",
        "face_rec/cli/recognition/*.py",
        "face_rec/files.py",
        "face_rec/journey/liveness/error_words.py",
        "face_rec/journey/streams/recorded.py",
        "face_rec/preflight.py",
        "face_rec/settings/archive.py",
        "face_rec/settings/recognition.py",
        "face_rec/settings/server.py",
        "face_rec/settings/site.py",
        "face_rec/settings/topic.py",
        "face_rec/sockets.py",
        "face_rec/stores/archive/file_place.py",
        "face_rec/stores/backup/*.py",
        "face_rec/stores/chain/key_file.py",
        "face_rec/stores/redis/binary.py",
        "face_rec/stores/sealing/keyring.py",
        "face_rec/stores/sealing/sealed_stream.py",
        "face_rec/stores/site/reseal.py",
        "face_rec/terminal/*.py",
        "face_rec/web/server/handover.py",
        "face_rec/web/server/runner.py",
    ),
    # what databases, files and disks refuse; the rooms have the rest
    "stores": (
        "face_rec/archive/copying/lists.py",
        "face_rec/archive/files/passes.py",
        "face_rec/assembly/storage/chain.py",
        "face_rec/assembly/storage/left.py",
        "face_rec/journey/marking/*.py",
        "face_rec/journey/offline.py",
        "face_rec/people/gallery/[a-eg-z]*.py",
        "face_rec/stores/access/access_codec.py",
        "face_rec/stores/attendance/*.py",
        "face_rec/stores/chain/links.py",
        "face_rec/stores/chain/write_log.py",
        "face_rec/stores/gallery/*.py",
        "face_rec/stores/journal/*.py",
        "face_rec/stores/people/*.py",
        "face_rec/stores/rds.py",
        "face_rec/stores/redis/keys.py",
        "face_rec/stores/redis/process.py",
        "face_rec/stores/s3.py",
        "face_rec/stores/site/model_change.py",
        "face_rec/stores/site/schema.py",
        "face_rec/stores/snapshots/*.py",
        "face_rec/stores/vectors/[b-z]*.py",
    ),
    "reports": (
        "face_rec/attendance/reports/*.py",
        "face_rec/domain/groups.py",
        "face_rec/notices/reports/due.py",
        "face_rec/notices/reports/report_mail_service.py",
        "face_rec/notices/reports/results.py",
        "face_rec/notices/reports/schedule.py",
        "pages/reports.py",
        "pages/ui/reports/*.py",
    ),
    "explore": (
        "face_rec/attendance/explore/*.py",
        "pages/explore.py",
        "pages/ui/explore/*.py",
    ),
    "rules": (
        "face_rec/attendance/roster_service.py",
        "face_rec/attendance/rule_service.py",
        "face_rec/attendance/rules/*.py",
        "face_rec/domain/kiosks/look.py",
        "face_rec/domain/site/own_ways.py",
        "face_rec/languages/language.py",
        "face_rec/option_values.py",
        "face_rec/settings/kinds.py",
        "face_rec/site_options.py",
        "face_rec/stores/chain/ledger.py",
        "pages/settings.py",
        "pages/ui/rules/*.py",
    ),
    "people": (
        "face_rec/domain/enrolment_errors.py",
        "face_rec/domain/people.py",
        "face_rec/people/*.py",
        "face_rec/people/gallery/follower.py",
        "face_rec/people/imports/*.py",
        "face_rec/people/lists/*.py",
        "face_rec/people/photos/photo_check.py",
        "face_rec/people/photos/photos.py",
        "face_rec/people/photos/quality.py",
        "face_rec/stores/invitations/waiting_faces.py",
        "face_rec/zip_directory.py",
        "pages/invitations.py",
        "pages/people.py",
        "pages/register.py",
        "pages/ui/assets/enrol.js",
        "pages/ui/invitations/*.py",
        "pages/ui/people/*.py",
    ),
}
SAID_BY_NAME: Final = ("pages/", "face_rec/cli/", "face_rec/terminal/", "face_rec/preflight.py",
                       "face_rec/__main__.py", "app.py")  # fmt: skip
"""Where ``said`` and ``said_many`` mark texts as well: whoever reads them is known there."""
ON_SHEETS: Final[Any] = {
    "gettext": None, "ngettext": (1, 2), "marked": None, "pgettext": ((1, "c"), 2),
}  # fmt: skip
KEYWORDS: Final[Any] = {
    "gettext": None, "ngettext": (1, 2), "msgid": None, "sentence": None, "sentence_many": (1, 2),
    "pgettext": ((1, "c"), 2),
}  # fmt: skip
ON_PAGES: Final[Any] = {**KEYWORDS, "said": None, "said_many": (1, 2)}
_HEAD: Final = {"Language", "Plural-Forms", "Content-Type"}
_F_STRING: Final = re.compile(r".+:(\d+): warning: Skipping f-string")
_METHODS: Final = {".py": "python", ".js": "javascript", ".html": "jinja2.ext:babel_extract"}


def files_of(domain: str) -> list[Path]:
    """The files of a domain, in order."""
    return sorted(path for pattern in DOMAINS[domain] for path in ROOT.glob(pattern))


def template(domain: str) -> Catalog:
    """All that its files say, in English, with the files that say it."""
    made = Catalog(project="face-attendance", charset="utf-8")
    for path in files_of(domain):
        place = path.relative_to(ROOT).as_posix()
        for found, comments, context in said_in(path, place):
            made.add(found, None, [(place, 0)], auto_comments=comments, context=context)
    return made


def said_in(path: Path, place: str) -> list[tuple[Any, list[str], str | None]]:
    """The texts of a file that is at ``place``, with their comments and context. What cannot be
    translated is told on stderr."""
    on_page = place.startswith(SAID_BY_NAME) and path.suffix == ".py"
    words = ON_SHEETS if path.suffix == ".html" else ON_PAGES if on_page else KEYWORDS
    with redirect_stderr(io.StringIO()) as warned:
        texts = list(extract_from_file(_METHODS[path.suffix], path, keywords=words))
    lines = warned.getvalue().splitlines(keepends=True)
    sys.stderr.writelines(faults(lines, path) if lines else [])
    return [(found, comments, context) for _, found, comments, context in texts]


def faults(warned: Iterable[str], path: Path) -> list[str]:
    """What Babel warns of in ``path``, but for f-strings that are a value (``day=f"…"``): it does
    not tell them from those that are the text, which nobody could translate."""
    calls = [
        one for one in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(one, ast.Call)
    ]
    values = _lines(word.value for call in calls for word in call.keywords)
    fine = values - _lines(
        one for call in calls for one in call.args if isinstance(one, ast.JoinedStr)
    )
    found = [(_F_STRING.match(line), line) for line in warned]
    return [line for f_string, line in found if not f_string or int(f_string[1]) not in fine]


def _lines(of: Iterable[ast.expr]) -> set[int]:
    """The numbers of all lines on which they stand."""
    return {line for one in of for line in range(one.lineno, (one.end_lineno or 0) + 1)}


def catalogue_file(folder: str, domain: str) -> Path:
    return CATALOGUES / folder / f"{domain}.po"


def folders() -> list[str]:
    """One for each language that is translated into."""
    return [one.catalogue for one in LANGUAGES.values() if one.catalogue]


def updated(folder: str, domain: str, wanted: Catalog) -> Catalog:
    """The catalogue as it is, with what is new and without what is gone."""
    file = catalogue_file(folder, domain)
    if file.is_file():
        with file.open("rb") as opened:
            known = read_po(opened, locale=folder, domain=domain)
    else:
        known = Catalog(locale=folder, domain=domain, project="face-attendance")
    known.update(wanted, no_fuzzy_matching=True)
    known.obsolete.clear()
    return known


def write(file: Path, catalogue: Catalog) -> None:
    """Without what changes each time, such as the hour: a change of words is all that is seen."""
    file.parent.mkdir(parents=True, exist_ok=True)
    written = io.BytesIO()
    write_po(written, catalogue, width=100, sort_output=True, include_lineno=False)
    _, _, entries = written.getvalue().decode().partition("\n\n")
    head = [f'"{name}: {text}\\n"' for name, text in catalogue.mime_headers if name in _HEAD]
    lines = ('msgid ""', 'msgstr ""', *head, "", entries.rstrip("\n"), "")
    file.write_text("\n".join(lines), encoding="utf-8")


def holes(catalogue: Catalog) -> list[str]:
    """What is not translated, or not in all its forms."""
    return [str(one.id) for one in catalogue if one.id and (not one.string or not all(one.string))]


def main() -> int:
    """Write all; how many texts wait for a translation."""
    missing = 0
    for domain in DOMAINS:
        wanted = template(domain)
        write(CATALOGUES / f"{domain}.pot", wanted)
        for folder in folders():
            made = updated(folder, domain, wanted)
            write(catalogue_file(folder, domain), made)
            missing += len(holes(made))
            for text in holes(made):
                sys.stdout.write(f"{folder}: {text}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())

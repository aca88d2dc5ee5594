"""A module that one of its own folder imports, and nobody else, is a part of that one: it stands
in a file of its own for a reason that is said here."""

from collections.abc import Mapping, Set
from typing import Final

from tests.sources import imports_of, module_of, sources

_LIBRARY: Final = "the seam to a library"
_LONG: Final = "a noun of its own; the two together are too long to be read in one sitting"
_PURE: Final = "pure, with a test of its own"
_THREAD: Final = "a thread of its own"
_WIRING: Final = "wiring of one subject"
_SECTION: Final = "a section of a page, with rights of its own"

REASONS: Final[Mapping[str, str]] = {
    "face_rec.assembly.health": _WIRING,
    "face_rec.assembly.notices": _WIRING,
    "face_rec.assembly.page_facades": _WIRING,
    "face_rec.assembly.people.keepers": _WIRING,
    "face_rec.assembly.people_facades": _WIRING,
    "face_rec.assembly.storage.camera_stores": _WIRING,
    "face_rec.assembly.storage.own_links": _WIRING,
    "face_rec.assembly.web.web_parts": _WIRING,
    "face_rec.attendance.days.pairs": _LONG,
    "face_rec.attendance.days.plain_days": "the quick way; the calculator tells who goes it",
    "face_rec.attendance.exports.data_rows": _LIBRARY,
    "face_rec.attendance.kept_days": _LONG,
    "face_rec.attendance.marks.day_file": "the format of a file",
    "face_rec.attendance.marks.list_columns": _PURE,
    "face_rec.attendance.reports.pdf_file": _LIBRARY,
    "face_rec.attendance.rules.shift_validation": _LONG,
    "face_rec.calendars.written": _LIBRARY,
    "face_rec.cameras.serving.gop": _PURE,
    "face_rec.cameras.serving.looking": "what the engine's workers do, not the reading thread",
    "face_rec.cameras.serving.reader": _THREAD,
    "face_rec.journey.liveness.edges": _PURE,
    "face_rec.journey.marking.replay": _LONG,
    "face_rec.journey.passing": _PURE,
    "face_rec.journey.step_up": _LONG,
    "face_rec.models.runtime.insight": _LIBRARY,
    "face_rec.models.runtime.texture": _LIBRARY,
    "face_rec.models.runtime.yunet": _LIBRARY,
    "face_rec.models.scores.care": _PURE,
    "face_rec.models.scores.group_rates": _PURE,
    "face_rec.models.scores.identification": _PURE,
    "face_rec.models.model_status": _LONG,
    "face_rec.notices.rules": "pure, beside what changes records",
    "face_rec.people.gallery.live_gallery": "what all others hold; its maker is not their affair",
    "face_rec.people.person_pictures": _LONG,
    "face_rec.privacy.erased_marks": _LONG,
    "face_rec.requests.swap_rules": _PURE,
    "face_rec.stores.attendance.joined_marks": _LONG,
    "face_rec.stores.attendance.usual_lines": _PURE,
    "face_rec.stores.verify.after_loss": _LONG,
    "face_rec.stores.chain.newest_entries": _LONG,
    "face_rec.stores.chain.unkept": _LONG,
    "face_rec.stores.chain.writes_file": _LIBRARY,
    "face_rec.stores.gallery.file_keys": "keys in Redis, beside a file on the disk",
    "face_rec.stores.gallery.sealed_file": "the format of a file",
    "face_rec.stores.journal.journal_folder": _LONG,
    "face_rec.stores.journal.offering": _LONG,
    "face_rec.stores.people.refusals": _LONG,
    "face_rec.stores.redis.process": "a child process of ours",
    "face_rec.stores.snapshots.spool_sender": _THREAD,
    "face_rec.web.api.events": "an address of the API",
    "face_rec.web.api.people_api": "an address of the API",
    "face_rec.web.enrol.pictures": "an address of its own; the pages beside it are long",
    "face_rec.web.guide.chapters": "Markdown and files, nothing of HTTP",
    "face_rec.web.live.badge_button": "one button of many; the view beside it is long",
    "face_rec.web.live.view": _LONG,
    "face_rec.web.mobile.distance_picture": _PURE,
    "face_rec.web.signin.provider_client": _LIBRARY,
    "pages.ui.explore.answer_charts": _LIBRARY,
    "pages.ui.people.guardians": _SECTION,
    "pages.ui.people.own_link": _SECTION,
    "pages.ui.people.profile_photos": _SECTION,
    "pages.ui.people.seen_before": _SECTION,
    "pages.ui.records.group_calendar": _SECTION,
    "pages.ui.records.leave": _SECTION,
    "pages.ui.records.stand_in": _SECTION,
    "pages.ui.reports.mail_form": "a form; what it is for stands around it",
    "pages.ui.system.model_trial": _SECTION,
    "pages.ui.system.own_figures": _SECTION,
    "pages.ui.visitors.changing": _SECTION,
    "pages.ui.visitors.row": _SECTION,
}


def _folder(module: str) -> str:
    return module.rpartition(".")[0]


def _of_one_sibling(imports: Mapping[str, Set[str]]) -> set[str]:
    """Of the modules of ``imports`` those that one other imports, which is of their folder."""
    importers: dict[str, set[str]] = {}
    for module, names in imports.items():
        for name in names & imports.keys() - {module}:
            importers.setdefault(name, set()).add(module)
    return {
        name
        for name, by in importers.items()
        if len(by) == 1 and {_folder(one) for one in by} == {_folder(name)}
    }


def test_what_only_a_sibling_imports_stands_alone_for_a_reason() -> None:
    imports = {module_of(path): imports_of(path) for path in sources()}
    packages = {module_of(path) for path in sources() if path.name == "__init__.py"}
    found = _of_one_sibling(imports) - packages
    assert found <= REASONS.keys(), (
        f"{sorted(found - REASONS.keys())}: put each into the one that imports it, or say here "
        "why it stands alone"
    )
    assert REASONS.keys() <= found, f"needs no reason any more: {sorted(REASONS.keys() - found)}"


def test_what_only_a_sibling_imports_is_noticed() -> None:
    imports = {"a.x": {"a.y"}, "a.y": {"a.z"}, "a.z": {"json"}, "b.w": {"a.z"}}
    assert _of_one_sibling(imports) == {"a.y"}
    assert _of_one_sibling({**imports, "b.v": {"a.y"}}) == set()

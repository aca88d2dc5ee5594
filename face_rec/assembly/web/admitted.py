"""Who has how much open, asked of the running system each time."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping

from face_rec.assembly.system import installed
from face_rec.web.gate.admission import Admission, account
from face_rec.web.gate.shedding import Overload


def admission_of(uploaded: Callable[[], Mapping[str, int]]) -> Admission:
    """``uploaded``: bytes of uploads that each open or kept page holds, by its number."""
    return Admission(load, lambda: _by_owner(uploaded()))


def load() -> Overload:
    """Of this process; of none before the start and after shutdown."""
    built = installed()
    return built.load if built else Overload()


def owner_of_page(page: str) -> Hashable:
    """Whose the page of this number is; None: nobody's that is known."""
    built = installed()
    owner = built.access.tabs.owner(page) if built else None
    return account(owner) if owner else None


def _by_owner(of_pages: Mapping[str, int]) -> Counter[Hashable]:
    found: Counter[Hashable] = Counter()
    for page, size in of_pages.items():
        found[owner_of_page(page)] += size
    return found

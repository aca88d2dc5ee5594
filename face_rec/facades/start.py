"""For the first steps of a new site: how far it is, and whether its administrator is led on."""

from collections.abc import Callable
from dataclasses import dataclass

from face_rec.domain.site.first_steps import Guide
from face_rec.facades.facade import Facade


@dataclass(frozen=True, slots=True)
class StartFacade(Facade):
    guide: Callable[[], Guide]
    set_guide: Callable[[Guide], None]
    """Raises StoreUnavailable."""
    model_ready: Callable[[], bool]
    people: Callable[[], int]
    """How many are registered; raises StoreUnavailable."""
    marked: Callable[[], bool]
    """Whether anybody was marked in the last days; raises StoreUnavailable."""
    zone_chosen: Callable[[], bool]
    choose_zone: Callable[[str], None]
    """Raises StoreUnavailable."""

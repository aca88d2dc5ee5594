"""For the search that stands beside every page: who is registered, and which day it is."""

from dataclasses import dataclass
from datetime import date

from face_rec.facades.facade import Facade
from face_rec.protocols.people_store import PeopleReader


@dataclass(frozen=True, slots=True)
class SearchFacade(Facade):
    people: PeopleReader

    @property
    def today(self) -> date:
        """The site's local day."""
        return self.clock.now().astimezone(self.site.timezone).date()

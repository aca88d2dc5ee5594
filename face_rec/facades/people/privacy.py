"""For who answers for what is kept about people: the page Privacy."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Protocol

from face_rec.facades.facade import Facade
from face_rec.languages.translator import Translator
from face_rec.privacy.certificate import Certificate
from face_rec.privacy.consent import ConsentService
from face_rec.privacy.retention_run import Periods, Run
from face_rec.protocols.models import Progress
from face_rec.protocols.people_store import PeopleReader
from face_rec.stores.verify.chain_report import Report, WitnessStatus
from face_rec.stores.verify.daily_check import CheckStatus

__all__ = ["PrivacyFacade", "Report"]


class Chain(Protocol):
    """Whether marks are as they were written; tests have one that says what it is told to."""

    def status(self) -> WitnessStatus: ...

    def verify(self, progress: Progress | None = None) -> Report:
        """Check everything; raises StoreError."""
        ...


class RetentionJob(Protocol):
    """What the page asks of :class:`face_rec.privacy.retention.Retention`; see there."""

    @property
    def periods(self) -> Periods: ...

    def last(self) -> Run | None: ...

    def run(self) -> Run | None: ...


class StrangerDays(Protocol):
    """For how many days unknown people are kept; 0: nobody is."""

    @property
    def days(self) -> int: ...

    @property
    def fixed(self) -> bool:
        """Whether the environment says it."""
        ...

    @property
    def count(self) -> Callable[[], int]:
        """Of the visits that are kept. May raise StoreUnavailable."""
        ...

    def change(self, days: int) -> None:
        """0 erases all that is kept. Raises OptionsRefused, Conflict, ProofNeeded."""
        ...


@dataclass(frozen=True, slots=True)
class PrivacyFacade(Facade):
    people: PeopleReader
    consent: ConsentService
    export: Callable[[str, IO[bytes], Translator], object]
    """Writes all that is held about a subject, as a ZIP whose README is in these words; see
    :meth:`face_rec.privacy.export.PersonExport.write`."""
    erase: Callable[[str, str], Certificate]
    """Erases a subject, and by whom; see :meth:`face_rec.privacy.erase.Erasure.erase`."""
    retention: RetentionJob
    encrypted: bool
    """Whether a data key is set."""
    strangers: StrangerDays
    """Whether unknown people are kept."""
    chain: Chain
    last_check: Callable[[], CheckStatus]
    """The chain's daily one."""

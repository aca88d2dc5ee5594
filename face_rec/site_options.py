"""What an admin may change about the site while it runs: title, time zone, cooldown, retention,
and how the screens of its kiosks look.

Each value comes from one of three places, and the first that has one wins: the environment or
``.env`` (then nobody can change it here), what an admin chose, the default.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Protocol, Self
from zoneinfo import ZoneInfo

from face_rec.background import Background
from face_rec.domain.errors import Conflict, OptionsRefused, StoreUnavailable
from face_rec.domain.kiosks.look import Look
from face_rec.domain.site.first_steps import Guide
from face_rec.domain.site.own_calibration import Calibrations, in_force, stored
from face_rec.domain.site.own_ways import ways_in
from face_rec.languages.language import DEFAULT, msgid
from face_rec.languages.sentence import sentence
from face_rec.option_values import NAMES, PARSERS, VARIABLES
from face_rec.settings.kinds import rule_of

log = logging.getLogger(__name__)

Note = Callable[[Mapping[str, object], Mapping[str, object]], None]
"""(before, after): for the audit log."""
_TRIES: Final = 5
_DAYS: Final = ("snapshot_days", "inactive_days")
_LOOK: Final = frozenset(entry.name for entry in fields(Look))


@dataclass(frozen=True, slots=True)
class SiteOptions:
    """The values in force. ``cooldown`` in seconds; days of 0 mean: kept until deleted."""

    title: str
    timezone: ZoneInfo
    cooldown: int
    snapshot_days: int
    inactive_days: int
    look: Look = Look()
    model: str = ""
    """The pack that all processes use, as ``people.change.plan.Switch`` writes it; "": nobody has
    chosen one, and each uses what it is set to."""
    calibrations: Calibrations = ()
    """What an admin took over from measurements on one's own people, the newest first."""
    first_steps: Guide = Guide.NOT_BEGUN
    stranger_days: int = 0
    """Days for which unknown people are kept; 0: nobody is."""
    language: str = DEFAULT
    """Of screens that have none of their own, its code."""
    guardians: str = ""
    """By which channel's mail server guardians are told; "": they are not."""
    own_page: str = ""
    """In which ways people may come to their own attendance; "": in none."""
    letters: str = ""
    """By which channel's mail server people themselves are written to, and who decides about their
    requests; "": they are not."""
    self_enrolment: str = ""
    """A :class:`~face_rec.domain.site.self_enrolment.SelfEnrolling`."""
    remind_days: int = 3
    """Days after which whoever decides is reminded of a request, again and again; 0: never."""
    swaps: str = ""
    """A :class:`~face_rec.domain.site.own_ways.Swapping`."""
    badge_days: int = 0
    """For which a badge that is printed now is valid; 0: until it is withdrawn."""
    visitors: str = ""
    """"on": the reception enters visitors; "": nobody does."""
    visitor_days: int = 14
    """After which a visit is erased; 0: at the end of its day."""
    visitor_text: str = ""
    """What visitors agree to; "": the usual text."""

    def having(self, values: Mapping[str, Any]) -> Self:
        """With these values, by name; those of the look as well."""
        look = replace(self.look, **{n: v for n, v in values.items() if n in _LOOK})
        return replace(self, look=look, **{n: v for n, v in values.items() if n not in _LOOK})

    def texts(self) -> dict[str, str]:
        """Each value as it is stored and read again."""
        kept = {"calibrations": stored(self.calibrations), "model": self.model}
        return self._own() | self.look.texts() | kept | self._ways()

    def told(self) -> dict[str, str]:
        """The same for the audit log."""
        thresholds = "; ".join(self._in_force()) or "those of the model"
        told = {"thresholds": thresholds, "model": self.model.split(" ", 3)[-1]}
        return self._own() | self.look.told() | told | self._ways()

    def _ways(self) -> dict[str, str]:
        """How people are reached and let in."""
        names = ("guardians", "own_page", "letters", "self_enrolment", "swaps", "remind_days",
                 "badge_days", "visitors", "visitor_days", "visitor_text")  # fmt: skip
        return {name: str(getattr(self, name)) for name in names}

    def _in_force(self) -> list[str]:
        contracts = dict.fromkeys(one.contract for one in self.calibrations)
        found = (in_force(self.calibrations, contract) for contract in contracts)
        return [f"{one.contract[:12]}: {one.told()}" for one in found if one]

    def _own(self) -> dict[str, str]:
        return {name: str(getattr(self, name)) for name in (*VARIABLES, "first_steps")}


@dataclass(frozen=True, slots=True)
class StoredOptions:
    """What was chosen, as texts by field; ``version`` grows with each change."""

    values: Mapping[str, str]
    version: int


class OptionsStore(Protocol):
    """Where choices rest. Raises StoreUnavailable."""

    def load(self) -> StoredOptions: ...

    def newest(self) -> int:
        """The stored version; 0 where nothing was chosen."""
        ...

    def save(self, values: Mapping[str, str], version: int) -> bool:
        """Replace all choices if ``version`` is still the stored one; whether it was."""
        ...


"""What is typed here is read like the variable of the same name, where there is one."""
"""The variable of the environment that sets a field, and then holds it fast."""


class LiveOptions:
    """The options in force. Safe to call from any thread.

    ``current`` never waits for the store: it answers what ``refresh`` last read, so that a mark
    is never held up by a setting.
    """

    def __init__(
        self,
        start: SiteOptions,
        given: frozenset[str],
        store: OptionsStore,
        note: Note,
        erasing: Callable[[], None] = lambda: None,
        *,
        screens: Callable[[], None] = lambda: None,
        ways: Callable[[], None] = lambda: None,
    ) -> None:
        """``start``: the environment's values and defaults; ``given``: the variables that the
        environment or ``.env`` sets. ``erasing``, ``screens`` and ``ways`` raise ProofNeeded
        where whoever acts must first prove who they are; asked before something is to be kept for
        a shorter time, before the kiosks' screens are to look otherwise, and before people may
        see their own attendance in another way."""
        self._erasing, self._screens, self._ways = erasing, screens, ways
        self.fixed = frozenset(name for name, of in VARIABLES.items() if of in given)
        self._start = start
        self._store = store
        self._note = note
        self._lock = threading.Lock()
        self._current = start
        self._stored = StoredOptions({}, 0)

    def current(self) -> SiteOptions:
        """The values in force, as last read."""
        return self._current

    def chosen(self, name: str) -> bool:
        """Whether somebody has decided this one, here or in the environment."""
        return name in self.fixed or name in self._stored.values

    @property
    def version(self) -> int:
        """Of the choices that :meth:`current` is made of."""
        return self._stored.version

    def refresh(self) -> None:
        """Read what other processes changed; a store that is away changes nothing."""
        with suppress(StoreUnavailable):
            self.read()

    def read(self) -> SiteOptions:
        """The values as they are stored at this moment, for what must not go by older ones.
        Raises StoreUnavailable."""
        with self._lock:
            known, current = self._stored, self._current
        if known.values and self._store.newest() == known.version:
            return current
        found = self._store.load()
        with self._lock:
            if found.version != self._stored.version or not self._stored.values:
                self._stored, self._current = found, self._made_of(found.values)
                return self._current
        return self._made_of(found.values)

    def change(self, texts: Mapping[str, str], version: int) -> SiteOptions:
        """Choose values, as texts by field; raises OptionsRefused for one that cannot be, and
        Conflict where somebody else has changed them since ``version`` was shown. A shorter
        retention erases faces and pictures of many people, so it needs what erasing one needs;
        another look of the screens what changing a kiosk needs: raises ProofNeeded."""
        before = self.current()
        parsed = {name: self._parsed(name, text) for name, text in texts.items()}
        after = before.having(parsed)
        sooner = any(_sooner(getattr(before, name), getattr(after, name)) for name in _DAYS)
        sooner |= after.visitor_days < before.visitor_days
        if sooner or after.stranger_days < before.stranger_days:
            self._erasing()
        if after.look != before.look:
            self._screens()
        if ways_in(after.own_page) - ways_in(before.own_page) or _wider(before, after):
            self._ways()
        wanted = {**self._stored.values, **after.texts()}
        kept = {name: wanted[name] for name in wanted if name in texts or self._has(name)}
        if not self._store.save(kept, version):
            self.refresh()
            raise Conflict(
                msgid(
                    "Somebody else has changed these settings meanwhile. Look at them and save "
                    "again."
                )
            )
        self.refresh()
        self._note(before.told(), self.current().told())
        return self.current()

    def decide(self, name: str, text: str) -> None:
        """Choose one value, whatever others are being changed to. Raises what :meth:`change`
        does, Conflict only where that happens again and again."""
        for _ in range(_TRIES):
            self.refresh()
            try:
                self.change({name: text}, self.version)
            except Conflict:
                continue
            return
        raise Conflict(msgid("These settings are being changed all the time. Try again."))

    def _has(self, name: str) -> bool:
        return name in self._stored.values

    def _parsed(self, name: str, text: str) -> Any:  # noqa: ANN401
        if name in self.fixed:
            raise OptionsRefused(
                sentence(
                    "{name} is set in the environment or .env and wins. Change it there, then "
                    "restart; or remove it there to decide it here.",
                    name=VARIABLES[name],
                )
            )
        try:
            return PARSERS[name](text)
        except ValueError as error:
            words = NAMES.get(name, name.replace("_", " ").capitalize())
            raise OptionsRefused(
                sentence("{words} must be {error}.", words=words, error=rule_of(error))
            ) from None

    def _made_of(self, values: Mapping[str, str]) -> SiteOptions:
        usable = {}
        for name, text in values.items():
            if name in self.fixed or name not in PARSERS:
                continue
            try:
                usable[name] = PARSERS[name](text)
            except ValueError:
                log.warning("site_option_unusable name=%s", name)
        return self._start.having(usable)


def _sooner(before: int, after: int) -> bool:
    """Whether days of ``after`` remove what days of ``before`` would still keep; 0: never."""
    return after > 0 and (before == 0 or after < before)


def _wider(before: SiteOptions, after: SiteOptions) -> bool:
    """Whether people may register themselves who might not, or without being looked at."""
    return after.self_enrolment not in ("", before.self_enrolment)


class OptionsFollower:
    """The thread that keeps :class:`LiveOptions` near what other processes change."""

    def __init__(self, options: LiveOptions, every: float = 2.0) -> None:
        self._options = options
        self._every = every
        self._thread = Background("site-options", self._run)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._thread.stop(2)

    def _run(self) -> None:
        while not self._thread.stopping.wait(self._every):
            self._options.refresh()

"""The step-up at a kiosk that marks live faces only: who is in doubt turns the head as asked, and
then, where the office allows it, looks at a screen that shows some colours.

One person at a time, as a screen has one arrow. Everything about one kiosk is done by the thread
that works on its pictures; what comes from elsewhere goes through :class:`StepUps`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from face_rec.domain.liveness import (
    Cue,
    Failure,
    Finding,
    Hold,
    Liveness,
    Prompt,
    hold_of,
)
from face_rec.domain.recognition import Decision, Look
from face_rec.journey.decide import Limits, vote
from face_rec.journey.liveness import challenge as rules
from face_rec.journey.liveness import colours
from face_rec.journey.liveness.challenge import Challenge
from face_rec.journey.liveness.colours import ColourCheck
from face_rec.journey.liveness.reflection import Reflection
from face_rec.journey.liveness.step_ups import StepUps
from face_rec.journey.track_state import Measures, TrackState

UNSURE_FOR: Final = 0.8
"""Seconds in doubt before somebody is asked: most are live by then."""
DENIED_FOR: Final = 1.5
"""Seconds as a picture after which it is a failed try, and the office is told."""
TOLD_FOR: Final = 4.0
"""Seconds that somebody is told that they have failed, before they are asked again."""
STRAIGHT: Final = 15.0
"""Degrees of yaw up to which a face looks at the camera, so that it can be asked to turn."""
OWN_SCORE: Final = 0.5
"""Share of a name's threshold with which a turned head is still the same person's: a look from the
side scores less, a stranger's next to nothing. Chosen, not measured."""
_AGAINST: Final = frozenset({Failure.WRONG, Failure.EARLY, Failure.SWAPPED})
"""What a person who was asked does not do; the others may be tired, or have gone."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Somebody was not taken for live: what the office is told. ``decision`` names them; ``why``:
    in words."""

    state: TrackState
    decision: Decision
    why: str


@dataclass(slots=True, eq=False)
class _Open:
    """A challenge and whose it is; ``epoch`` and ``identity``: of the state when it was asked.
    ``decision``: by which they were named. ``found``: that they have turned the head; then
    ``colours`` are shown, where they are."""

    state: TrackState
    epoch: int
    identity: int
    decision: Decision
    challenge: Challenge
    colours: ColourCheck | None = None
    found: tuple[Finding, ...] = ()

    @property
    def prompt(self) -> Prompt | None:
        return self.colours.prompt if self.colours else self.challenge.prompt


@dataclass(frozen=True, slots=True, eq=False)
class _Picture:
    """What is known with one picture, taken at ``now``. ``everybody``: is asked to turn, not only
    who is in doubt; ``coloured``: the screen may show colours."""

    decisions: Mapping[TrackState, Decision]
    now: float
    measures: Measures
    limits: Limits
    everybody: bool
    coloured: bool


class StepUp:
    """Of one kiosk. Used by one thread at a time; times are the frames'."""

    def __init__(self, kiosk: str, shared: StepUps) -> None:
        self._kiosk = kiosk
        self._shared = shared
        self._open: _Open | None = None

    def prompt(self, state: TrackState) -> Prompt | None:
        """What whoever this is is asked to do now."""
        return self._open.prompt if self._of(state) and self._open else None

    def takes(self, state: TrackState, look: Look, limits: Limits) -> bool:
        """Whether ``look`` is one at a head that turns as asked, or in coloured light: so nobody
        is named, and no model was trained on it, but it tells whether it is still the same
        person."""
        one = self._open
        if one is None or one.state is not state:
            return False
        if one.colours is None and not one.challenge.aside(look.quality.yaw):
            return False
        match, who = look.match, one.challenge.subject
        if vote(look, limits) not in {None, who}:
            one.challenge = rules.failed(one.challenge, Failure.SWAPPED)
        elif match.subject == who and match.score >= OWN_SCORE * limits.threshold:
            one.challenge = rules.recognised(one.challenge)
        return True

    def __call__(
        self,
        decisions: Mapping[TrackState, Decision],
        now: float,
        measures: Measures,
        limits: Limits,
        *,
        everybody: bool = False,
        coloured: bool = False,
    ) -> tuple[dict[TrackState, Decision], tuple[Held, ...]]:
        """The decisions, live where somebody has turned as asked, and who was held. The states
        learn why they are not marked. ``everybody``: is asked to turn, not only who is in
        doubt; ``coloured``: the screen may show colours."""
        picture = _Picture(decisions, now, measures, limits, everybody, coloured)
        held = [*self._go_on(picture)]
        made = {state: self._with_turns(state, one) for state, one in decisions.items()}
        for state, decision in made.items():
            held += self._hold(state, decision, picture)
        self._begin(made, picture)
        first, kiosk = self._shared.first, self._kiosk
        told = [one for one in held if first(kiosk, one.decision.subject or "", now)]
        return made, tuple(told)

    # --- the challenge that is open

    def _of(self, state: TrackState) -> bool:
        return self._open is not None and self._open.state is state

    def _go_on(self, picture: _Picture) -> list[Held]:
        one, now = self._open, picture.now
        if one is None:
            return []
        one.challenge = self._moved(one, picture)
        if one.challenge.unseen(now) or one.state.life.verdict is Liveness.ATTACK:
            self._open = None  # nobody was asked; or nothing is asked of a picture any more
            return []
        if one.colours is not None:
            return self._coloured_light(one, one.colours, picture)
        answer = rules.answered(one.challenge, _naming(one, picture.limits), one.state.life, now)
        if isinstance(answer, Failure):
            return self._failed(one, answer, now)
        if answer.verdict is Liveness.LIVE and answer is not one.state.life:
            one.found = answer.findings[-1:]
            self._turned(one, picture)
        return []

    def _turned(self, one: _Open, picture: _Picture) -> None:
        """Whoever has turned as asked is through, or looks at colours next."""
        if picture.coloured:
            ask = self._shared.ask_colour(self._kiosk, None, picture.now)
            one.colours = ColourCheck(ask, picture.now)
        else:
            self._pass(one)

    def _pass(self, one: _Open) -> None:
        one.state.turned = one.found, one.challenge.subject
        self._open = None

    def _coloured_light(self, one: _Open, check: ColourCheck, picture: _Picture) -> list[Held]:
        """One more picture of a face before a coloured screen. What cannot be seen says nothing:
        then the turns of the head decide."""
        now = picture.now
        if one.challenge.failure is not None:
            return self._failed(one, one.challenge.failure, now)
        light = picture.measures.light(one.state) if one.state.track.fresh else None
        shown, ask = self._shared.shown_at(check.ask.nonce), self._shared.ask_colour
        check = colours.seen(check, shown, light, now, lambda last: ask(self._kiosk, last, now))
        one.colours = check
        if not check.ended:
            return []
        came, found = colours.found(check)
        one.found = (*one.found, found)
        if came is Reflection.MISSING:
            return self._failed(one, Failure.COLOURS, now)
        self._pass(one)
        return []

    def _moved(self, one: _Open, picture: _Picture) -> Challenge:
        state, challenge, now = one.state, one.challenge, picture.now
        if state not in picture.decisions:
            return rules.failed(challenge, Failure.GONE)
        if (state.track.epoch, state.identity) != (one.epoch, one.identity):
            return rules.failed(challenge, Failure.SWAPPED)
        shown_at = self._shared.shown_at(challenge.ask.nonce)
        if shown_at is not None:
            challenge = rules.shown(challenge, shown_at)
        if not state.track.fresh:
            return challenge
        head = picture.measures.heading(state)
        return rules.moved(challenge, head, now, lambda: self._shared.ask(self._kiosk, now))

    def _failed(self, one: _Open, why: Failure, now: float) -> list[Held]:
        self._open = None
        subject, life = one.challenge.subject, one.state.life
        self._shared.fail(self._kiosk, subject, now)
        self._shared.owe(self._kiosk, subject, now)
        one.state.failed_at = now
        says = Liveness.ATTACK if why in _AGAINST else Liveness.UNSURE
        found = one.found or (Finding(Cue.TURN, float(one.challenge.done), says),)
        told = replace(life, findings=(*life.findings, *found))
        return [Held(one.state, replace(one.decision, subject=subject, life=told), why.words)]

    # --- who is held

    def _with_turns(self, state: TrackState, decision: Decision) -> Decision:
        """``decision``, live if they have turned and nothing speaks against it since."""
        if state.turned is None or decision.life.verdict is Liveness.ATTACK:
            return decision
        found, subject = state.turned
        if decision.subject != subject:
            return decision
        life = decision.life
        live = replace(life, verdict=Liveness.LIVE, findings=(*life.findings, *found), near=False)
        return replace(decision, life=live)

    def _hold(self, state: TrackState, decision: Decision, picture: _Picture) -> list[Held]:
        now = picture.now
        before, state.hold = state.hold, self._reason(state, decision, picture)
        if state.hold is not before or state.held_since is None:
            state.held_since = now
        if state.hold is not Hold.ATTACK:
            state.denied = False
            return []
        if state.denied or decision.subject is None or now - state.held_since < DENIED_FOR:
            return []
        state.denied = True
        self._shared.fail(self._kiosk, decision.subject, now)
        return [Held(state, decision, ", ".join(decision.life.reasons))]

    def _reason(self, state: TrackState, decision: Decision, picture: _Picture) -> Hold | None:
        subject, now = decision.subject, picture.now
        if self._of(state):
            return Hold.TURN
        if subject is None or subject in state.receipts:
            return None
        if self._shared.paused(self._kiosk, subject, now):
            return Hold.PAUSED
        hold = hold_of(decision.life)
        if hold is None and state.turned is None and not self._lets(state, subject, picture):
            hold = Hold.UNSURE
        if hold is not None and now - state.failed_at < TOLD_FOR:
            return Hold.FAILED
        return hold

    def _lets(self, state: TrackState, subject: str, picture: _Picture) -> bool:
        """Whether somebody whom the models take for live need not turn: it was seen whether the
        edge of a paper or a screen shows itself, they owe nothing, and not everybody turns."""
        owes = picture.everybody or self._shared.owes(self._kiosk, subject, picture.now)
        return state.evidence.watched and not owes

    def _begin(self, decisions: Mapping[TrackState, Decision], picture: _Picture) -> None:
        """Ask whoever has been in doubt for a while; of several the largest face."""
        waiting = [state for state in decisions if _in_doubt(state, picture)]
        if self._open is not None or not waiting:
            return
        state, now = max(waiting, key=lambda one: one.track.face.box.area), picture.now
        subject, neutral = decisions[state].subject, picture.measures.heading(state)
        if subject is None or abs(neutral.yaw) > STRAIGHT:
            return
        failed = self._shared.failed(self._kiosk, subject, now)
        ask = self._shared.ask(self._kiosk, now)
        challenge = rules.asked(subject, failed, neutral, ask, now)
        self._open = _Open(state, state.track.epoch, state.identity, decisions[state], challenge)
        state.hold, state.held_since = Hold.TURN, now


def _in_doubt(state: TrackState, picture: _Picture) -> bool:
    """Long enough to be asked; where everybody is, at once."""
    since, wait = state.held_since, 0.0 if picture.everybody else UNSURE_FOR
    lasts = since is not None and picture.now - since >= wait
    return state.hold is Hold.UNSURE and lasts and state.track.fresh and not state.track.contested


def _naming(one: _Open, limits: Limits) -> int:
    """Looks since the last turn that name whom was asked, if nobody else is named."""
    since = one.challenge.since
    votes = [vote(look, limits) for look in one.state.looks if look.at > since]
    return len(votes) if all(who == one.challenge.subject for who in votes) else 0

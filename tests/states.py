"""How long hypothesis looks for an order of events that breaks something: by its profile. The
tests of every change take the same few each time; ``make fuzz`` (profile ``long``) new ones."""

from typing import Final

from hypothesis import HealthCheck, Phase, settings

_ASKED: Final = settings().max_examples

CASES: Final = settings(derandomize=_ASKED <= 100)
"""For a property."""
STATES: Final = settings(
    max_examples=max(_ASKED // 3, 5), stateful_step_count=30, derandomize=_ASKED <= 100,
    deadline=None, suppress_health_check=list(HealthCheck),
)  # fmt: skip
"""For a state machine."""

BROKEN_STATES: Final = settings(
    STATES, max_examples=3000, phases=(Phase.generate,), derandomize=True
)
"""For one in which something was broken on purpose: the first that shows it will do."""

"""One answer to: does this part work?"""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One line of /readyz: ``ok`` False makes the app not ready, ``warning``
    does not. ``advice`` says what to do."""

    name: str
    ok: bool
    detail: str
    advice: str = ""
    warning: bool = False
    extra: dict[str, str] = field(default_factory=dict)


Check = Callable[[], HealthCheck]
"""Looks at one part. May take some seconds; runs on whatever thread asks."""

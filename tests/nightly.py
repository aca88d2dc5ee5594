"""What is proved every day, and what every night only (``--thorough``), of a list of cases."""

from collections.abc import Collection, Iterable

import pytest


def every_day_but(dear: Collection[str], cases: Iterable[str]) -> list[object]:
    """``cases`` for ``parametrize`` or a fixture; those that are ``dear`` wait for the night."""
    return [
        pytest.param(case, marks=pytest.mark.nightly) if case in dear else case for case in cases
    ]

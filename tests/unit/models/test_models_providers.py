"""A provider asked for is had or refused; it is never silently another."""

import pytest

from face_rec.domain.errors import ProviderMissing
from face_rec.models.runtime.providers import COREML, CPU, CUDA, DIRECTML, candidates, name_of


def test_auto_prefers_what_is_fast_and_ends_at_the_cpu() -> None:
    offered = ["AzureExecutionProvider", CPU, CUDA]
    assert candidates("auto", offered) == [CUDA, CPU]
    assert candidates("auto", [CPU]) == [CPU]


@pytest.mark.parametrize(
    ("wish", "provider"),
    [("cpu", CPU), ("cuda", CUDA), ("coreml", COREML), ("directml", DIRECTML)],
)
def test_what_is_asked_for_is_the_only_candidate(wish: str, provider: str) -> None:
    assert candidates(wish, [CPU, CUDA, COREML, DIRECTML]) == [provider]
    assert name_of(provider) == wish


@pytest.mark.parametrize("wish", ["cuda", "coreml", "directml"])
def test_what_is_not_offered_is_refused_with_advice(wish: str) -> None:
    with pytest.raises(ProviderMissing, match=f"'{wish}'.*offers only: cpu.*Install it.*pip"):
        candidates(wish, [CPU])

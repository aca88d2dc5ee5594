"""What /readyz says of the chain: never that attendance cannot be taken."""

import pytest

from face_rec.stores.verify.chain_report import WitnessStatus
from face_rec.stores.verify.daily_check import chain_check
from tests.fakes.clock import MORNING


@pytest.mark.parametrize(
    ("status", "warning", "words"),
    [
        (WitnessStatus(MORNING, places=("a folder", "S3")), False, "a folder and S3"),
        (WitnessStatus(MORNING, problem="disk full"), True, "disk full"),
        (WitnessStatus(MORNING, broken="The marks differ."), True, "The marks differ."),
        (WitnessStatus(MORNING, "away", "The marks differ."), True, "face_rec verify"),
    ],
)
def test_trouble_with_the_chain_is_a_warning_with_advice(
    status: WitnessStatus, warning: bool, words: str
) -> None:
    check = chain_check(lambda: status)()
    assert check.ok
    assert check.warning is warning
    assert words in f"{check.detail} {check.advice}"

"""What ``evaluate-liveness`` has counted, for people."""

from face_rec.journey.liveness.error_rates import Result
from face_rec.journey.liveness.error_words import rows, told
from face_rec.terminal.columns import padded, width
from face_rec.terminal.words import in_words


def table(result: Result) -> list[str]:
    """A line each, what was counted in one column."""
    shown = [(in_words(words), in_words(told(one))) for words, one in rows(result)]
    across = max(width(words) for words, _ in shown)
    return [f"{padded(words, across)}  {counted}" for words, counted in shown]

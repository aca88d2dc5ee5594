"""The cameras that are running, with their figures."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from face_rec.protocols.streams import Stream
from pages.ui.frame.navigation import TAKE_ATTENDANCE, next_step
from pages.ui.shared.widgets import empty_state

_STALE_SECONDS = 3.0
_COLUMNS = {
    "Camera": st.column_config.TextColumn(width="medium"),
    "State": st.column_config.TextColumn(width="medium"),
    "Pictures/s": st.column_config.NumberColumn(format="%.1f", help="Pictures that arrive."),
    "Looks/s": st.column_config.NumberColumn(
        format="%.1f", help="Pictures in which faces are looked for."
    ),
    "Skipped": st.column_config.NumberColumn(
        format="percent", help="Pictures that a newer one replaced before their turn: not a fault."
    ),
    "Time to mark": st.column_config.NumberColumn(
        format="%.1f s", help="From a face's first appearance to its mark, the last time."
    ),
}


def streams_table(streams: Sequence[Stream]) -> None:
    """One line a camera; what to do if there is none."""
    if not streams:
        empty_state("videocam_off", "No camera is running", "Open the kiosk to start one.")
        next_step(TAKE_ATTENDANCE, "Open the kiosk")
        return
    rows = [_row(stream) for stream in streams]
    st.dataframe(
        pd.DataFrame(rows, columns=list(_COLUMNS)),
        column_config=_COLUMNS,
        hide_index=True,
        placeholder="–",
        alt="Running cameras",
    )


def _row(stream: Stream) -> dict[str, object]:
    stats = stream.stats()
    return {
        "Camera": stream.name,
        "State": _state(stats.frame_age),
        "Pictures/s": stats.frame_rate,
        "Looks/s": stats.inference_rate,
        "Skipped": stats.dropped / stats.frames if stats.frames else 0.0,
        "Time to mark": stats.time_to_mark,
    }


def _state(age: float | None) -> str:
    if age is None:
        return "Waiting for the first picture"
    return "Live" if age < _STALE_SECONDS else f"No picture for {age:.0f} s"

"""Settings about marking oneself on one's own phone: for a group, where and by what."""

from datetime import time
from math import nan
from typing import Final

import streamlit as st

from face_rec.attendance.rules.mobile import (
    MOST_PLACES,
    NARROWEST,
    WIDEST,
    MobilePunch,
    Place,
)
from face_rec.facades.attendance.attendance import AttendanceFacade
from face_rec.languages.language import msgid
from face_rec.languages.sentence import pgettext
from pages.ui.frame.identity import current
from pages.ui.rules.rule_editor import buttons, chosen_of, form_key, new_id
from pages.ui.rules.rule_fields import seen_groups
from pages.ui.rules.rules_begun import begun
from pages.ui.shared.words import formats, said

_NOTHING: Final = (
    "location_on",
    msgid("Nobody punches by phone"),
    msgid("People use the kiosks. Let a group punch on its own phone, near places of yours."),
)


def mobile(app: AttendanceFacade) -> None:
    """The list and the form; one entry a group."""
    st.caption(
        said(
            "People punch on their own page, My attendance, with their own face. A phone can be "
            "made to tell a false position: this shows where a phone says that it is."
        )
    )
    seen = [one for one in begun(app).mobiles if current().sees(one.group)]
    known = chosen_of(sorted(seen, key=lambda one: one.group), _row, "mobiles", _NOTHING)
    key = form_key(app, "mobile", known)
    with st.container(border=True):
        st.markdown(said("**Change the entry**") if known else said("**Let a group punch**"))
        made = _form(app, known, key)
        if made is None:
            st.caption(said("Choose the group."))
    if made is not None:
        buttons(app, key, [made], known)


def _row(one: MobilePunch) -> dict[str, object]:
    return {
        said("Group"): one.group,
        said(pgettext("switched on", "On")): one.on,
        said("Places"): ", ".join(place.name for place in one.places),
        said("Accuracy, m"): one.accuracy,
        said("Live faces only"): one.live,
        said("Reviewed"): one.review,
    }


def _form(app: AttendanceFacade, known: MobilePunch | None, key: str) -> MobilePunch | None:
    groups = [one for one in seen_groups(app.people, [known.group] if known else ()) if one]
    left, right = st.columns(2)
    group = left.selectbox(
        said("Group"), groups, groups.index(known.group) if known else None, key=f"{key}_group",
        placeholder=said("Choose a group"),
    )  # fmt: skip
    now = known or MobilePunch("", "")
    accuracy = right.number_input(
        said("Accuracy that a phone must have, in metres"), 5, WIDEST, now.accuracy, 5,
        key=f"{key}_accuracy",
        help=said("By satellite 5 to 20; in a building often 50 and more."),
    )  # fmt: skip
    on = left.toggle(said("People of the group may punch by phone"), now.on, key=f"{key}_on")
    asks = left.toggle(
        said("They say whether they come or go"), now.asks, key=f"{key}_asks",
        help=said("Else marks are read as those of a kiosk that does not say it."),
    )  # fmt: skip
    live = right.toggle(
        said("Only faces that are found live"), now.live, key=f"{key}_live",
        help=said("They turn their head to both sides. It takes models of liveness."),
    )  # fmt: skip
    review = right.toggle(
        said("Somebody looks at what is not sure"), now.review, key=f"{key}_review",
        help=said("Where the phone may have been outside, or the face may not live."),
    )  # fmt: skip
    days, opens, closes = _hours(now, key)
    places = _places(now.places, key)
    if not group:
        return None
    return MobilePunch(
        known.id if known else new_id(), group, places, on, int(accuracy), live, review, asks,
        days, opens, closes,
    )  # fmt: skip


def _hours(now: MobilePunch, key: str) -> tuple[frozenset[int], time, time]:
    names = formats().weekday_names()
    left, middle, right = st.columns([2, 1, 1], vertical_alignment="bottom")
    days = left.pills(
        said("Days"), range(7), selection_mode="multi", default=sorted(now.days),
        format_func=names.__getitem__, key=f"{key}_days",
    )  # fmt: skip
    opens = middle.time_input(
        said("From"), now.opens, step=300, key=f"{key}_opens",
        help=said("The same time twice: at any hour."),
    )  # fmt: skip
    closes = right.time_input(said("To"), now.closes, step=300, key=f"{key}_closes")
    return frozenset(days), opens or now.opens, closes or now.closes


def _places(known: tuple[Place, ...], key: str) -> tuple[Place, ...]:
    count = st.number_input(
        said("Number of places"), 1, MOST_PLACES, max(1, len(known)), key=f"{key}_count",
        width=200,
    )  # fmt: skip
    return tuple(
        _place(number, known[number] if number < len(known) else None, key)
        for number in range(int(count))
    )


def _place(number: int, known: Place | None, key: str) -> Place:
    name, middle, radius = st.columns([1.2, 1.4, 1], vertical_alignment="bottom")
    called = name.text_input(
        said("Place {number}", number=number + 1), known.name if known else "", max_chars=60,
        key=f"{key}_name_{number}", placeholder=said("Main gate"),
    )  # fmt: skip
    at = middle.text_input(
        said("Latitude, longitude"), f"{known.latitude}, {known.longitude}" if known else "",
        key=f"{key}_at_{number}", placeholder="52.516300, 13.377700",
        help=said("In degrees, as a map gives them where you press on the place for long."),
    )  # fmt: skip
    within = radius.number_input(
        said("Radius, m"), NARROWEST, WIDEST, known.radius if known else 100, 25,
        key=f"{key}_radius_{number}",
    )  # fmt: skip
    latitude, longitude = coordinates(at or "")
    return Place((called or "").strip(), latitude, longitude, int(within))


def coordinates(text: str) -> tuple[float, float]:
    """Degrees, as they were typed; NaN where they are none."""
    parts = text.split(",")
    try:
        latitude, longitude = (float(part) for part in parts)
    except ValueError:
        return nan, nan
    return latitude, longitude

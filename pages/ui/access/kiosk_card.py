"""A kiosk's card on the page Kiosks: its form, and how its open screens are."""

from dataclasses import replace
from datetime import time
from typing import Final

import streamlit as st

from face_rec.domain.liveness import Check
from face_rec.facades.kiosks import KiosksFacade
from face_rec.kiosks.kiosk import BadgeUse, Direction, KioskRecord, Transport, same_rule
from face_rec.kiosks.screen_status import open_screens
from face_rec.languages.language import msgid
from face_rec.protocols.people_store import PeopleReader
from pages.ui.access.screen_look import own_behaviour
from pages.ui.rules.holds_from import Since, preview_span, show_changes, since_of
from pages.ui.shared.people_index import people_index
from pages.ui.shared.words import said

WAYS: Final = {
    Direction.BOTH: msgid("In and out"),
    Direction.IN: msgid("In only"),
    Direction.OUT: msgid("Out only"),
}
_TRANSPORTS: Final = {
    None: msgid("As the site's setting says"),
    Transport.AUTO: msgid("Automatic"),
    Transport.WEBRTC: "WebRTC",
    Transport.HTTP: "HTTP",
}
BADGES: Final = {
    BadgeUse.OFF: msgid("Not read"),
    BadgeUse.BADGE: msgid("A badge marks"),
    BadgeUse.WITH_PIN: msgid("A badge and the PIN mark"),
}
CHECKS: Final = {
    Check.OFF: msgid("Not checked"),
    Check.OBSERVE: msgid("Marked; doubtful ones go to the review"),
    Check.ENFORCE: msgid("Only live faces are marked"),
    Check.TURN: msgid("Only live faces, and everybody turns the head"),
}


def record_fields(app: KiosksFacade, start: KioskRecord, key: str) -> KioskRecord:
    """``start`` with everything that can be entered."""
    title = st.text_input(
        said("Title"),
        start.title,
        max_chars=80,
        placeholder=said("Front door"),
        key=f"{key}_title",
    )
    made = replace(start, title=(title or "").strip())
    made = _only_camera(app, _at_the_door(made, key), key)
    if made.liveness.strict and app.models.status().lacks_liveness:
        st.warning(said(NO_LIVENESS), icon=":material/warning:")
    made = own_behaviour(made, app.options.current().look, key)
    return _rules_of_the_day(app.people, made, key)


def _at_the_door(start: KioskRecord, key: str) -> KioskRecord:
    """What holds at once, for whoever stands before it."""
    made = _without_face(_hours(start, key), key)
    choice = st.toggle(
        said("Ask for the way: In, Out, Break"), start.choice, key=f"{key}_choice",
        help=said("Buttons under the greeting, while it stands. What is pressed is written as a "
        "correction of the mark; who presses nothing is counted by turns. Where a mark means "
        "both ways only."),
    )  # fmt: skip
    made = _liveness(replace(made, choice=choice), key)
    shown = st.toggle(
        said("Show today's marks beside the picture"), start.show_marks, key=f"{key}_shown",
        help=said("Names, times and portraits of colleagues, for everybody who passes by."),
    )  # fmt: skip
    return replace(made, show_marks=shown)


def _hours(start: KioskRecord, key: str) -> KioskRecord:
    """When it takes attendance, where it stands, and which way its video takes."""
    left, right = st.columns(2)
    opens = left.time_input(said("Open from"), start.opens, key=f"{key}_opens")
    closes = right.time_input(said("to"), start.closes, key=f"{key}_closes")
    st.caption(said("The same time twice: always open."))
    site = left.text_input(said("Site or place (optional)"), start.site, key=f"{key}_site")
    ways = list(_TRANSPORTS)
    transport = right.selectbox(
        said("Live video"), ways, index=ways.index(start.transport), key=f"{key}_transport",
        format_func=lambda one: said(_TRANSPORTS[one]),
        help=said("HTTP passes every network that lets the page through; WebRTC is smoother."),
    )  # fmt: skip
    return replace(
        start, site=(site or "").strip(), opens=opens or time(0), closes=closes or time(0),
        transport=transport,
    )  # fmt: skip


def _without_face(start: KioskRecord, key: str) -> KioskRecord:
    """How somebody is marked whose face is not recognised."""
    pin = st.toggle(
        said("People may use their PIN"), start.pin, key=f"{key}_pin",
        help=said(
            "For those whose face fails; tries are limited, and such marks wait for a look."
        ),
    )  # fmt: skip
    badges = st.selectbox(
        said("Badges"), list(BADGES), index=list(BADGES).index(start.badges),
        format_func=lambda one: said(BADGES[one]), key=f"{key}_badges",
        help=said(
            "A button on the screen looks for the code of a badge, for twenty seconds, and for "
            "no face meanwhile. A picture of a badge is as good as the badge: with the PIN it is "
            "not enough. Such marks wait for a look. Live video only."
        ),
    )  # fmt: skip
    return replace(start, pin=pin, badges=badges or start.badges)


def _liveness(start: KioskRecord, key: str) -> KioskRecord:
    """What is done about pictures of faces."""
    check = st.selectbox(
        said("Pictures of faces (liveness)"), list(Check), index=list(Check).index(start.liveness),
        format_func=lambda one: said(CHECKS[one]), key=f"{key}_liveness",
        help=said(
            "Needs the liveness models (page Models); without them nothing is checked, and a "
            "kiosk that marks live faces only marks nobody by face. There, whoever stays in "
            "doubt is asked to turn the head as arrows say. Who does not, or is taken for a "
            "picture, is not marked and waits under Records, Review; three such tries in three "
            "minutes pause that face there for three. PINs help who cannot turn. "
            "docs/liveness.md says what is noticed."
        ),
    ) or start.liveness  # fmt: skip
    colours = st.toggle(
        said("After the turns the screen shows colours"), start.colours, key=f"{key}_colours",
        disabled=not check.strict,
        help=said(
            "Off unless it is switched on here, and not for where people with photosensitive "
            "epilepsy may stand before it: for some five seconds the whole screen shows six "
            "colours, one after another, and it is looked whether the face shines in them. "
            "They are equally bright, none is a saturated red, and they change less than "
            "twice a second, below the three flashes of WCAG 2.3.1; nobody has tested that on"
            " people. Finds few screens held before it and no paper (docs/liveness.md). A "
            "device that asks for reduced motion shows none."
        ),
    )  # fmt: skip
    if colours:
        st.warning(said(COLOURS_WARNING), icon=":material/warning:")
    return replace(start, liveness=check, colours=colours)


Camera = tuple[str, str]
"""Its digest, empty for any, and what it calls itself."""


def _only_camera(app: KiosksFacade, start: KioskRecord, key: str) -> KioskRecord:
    """Any camera, the one that is enrolled, or one that an open screen has now."""
    open_now = open_screens(app.screens.of(start.id), app.clock.now())
    seen = [(one.status.device, one.status.camera) for one in open_now if one.status.device]
    virtual = {one.status.device for one in open_now if one.status.virtual}
    enrolled = (start.camera, start.camera_label)
    offered: list[Camera] = list(dict.fromkeys([("", ""), enrolled, *seen]))

    def words(one: Camera) -> str:
        if not one[0]:
            return said("Any camera")
        name = one[1] or said("without a name")
        doubt = f" ({said('calls itself a virtual camera')})" if one[0] in virtual else ""
        known = f" ({said('enrolled')})" if one == enrolled else ""
        return said("Only: {camera}", camera=f"{name}{doubt}{known}")

    chosen = st.selectbox(
        said("Camera"),
        offered,
        index=offered.index(enrolled),
        format_func=words,
        key=f"{key}_camera",
        help=said(
            "What an open screen of this kiosk has now can be enrolled here. Then pictures of "
            "any other camera mark nobody, and single photos neither. The browser tells which "
            "camera it is: who owns the device can forge that. When its data are cleared, enrol "
            "it again."
        ),
    )
    return replace(start, camera=chosen[0], camera_label=chosen[1])


def _rules_of_the_day(people: PeopleReader, start: KioskRecord, key: str) -> KioskRecord:
    """What a mark here means, and whom an outage excuses."""
    way = st.segmented_control(
        said("A mark here is"), list(Direction), default=start.direction, required=True,
        format_func=lambda one: said(WAYS[one]), key=f"{key}_way",
    )  # fmt: skip
    stay = st.number_input(
        said("Minimum stay between in and out, min"), 0, 24 * 60, start.minimum_stay, step=5,
        disabled=way is not Direction.BOTH, key=f"{key}_stay",
        help=said("Whoever is seen again within it is not checked out."),
    )  # fmt: skip
    st.caption(said(REPEATED))
    watched = st.toggle(
        said("Its outages excuse who can use no other kiosk"), start.watched, key=f"{key}_watched"
    )
    offered = sorted({*people_index(people).groups, *start.groups})
    groups = st.multiselect(
        said("Groups that use it"),
        offered,
        default=sorted(start.groups),
        key=f"{key}_groups",
        placeholder=said("Everybody who has no kiosk of their own"),
        help=said(
            "An outage excuses only whom it could have concerned: those whose kiosks were all "
            "down at once."
        ),
    )
    return replace(
        start, direction=way, minimum_stay=int(stay), watched=watched, groups=frozenset(groups)
    )


def since_when(app: KiosksFacade, wanted: KioskRecord, known: KioskRecord, key: str) -> Since:
    """Asked only where days are judged by what changes, or already are from a later day on."""
    today = app.kiosks.today()
    planned = known.valid_from if known.valid_from and known.valid_from > today else None
    if planned is None and same_rule(wanted, known):
        return Since(today)
    since = since_of(today, key, planned)
    if since.rewrites or st.button(
        said("Show what would change"), icon=":material/compare_arrows:", key=f"{key}_preview",
        help=said("Whose status last month and this month would be another one."),
    ):  # fmt: skip
        first, last = preview_span(today)
        with st.spinner(said("Judging the days anew …")):
            found = app.kiosks.preview(wanted, first, last, since.day)
        show_changes(found, first, last)
    return since


NO_LIVENESS: Final = msgid(
    "**Nobody is marked by face at this kiosk now:** live faces only are to be marked, and no "
    "liveness models are installed to tell them (page Models). PINs go on where they are allowed."
)
COLOURS_WARNING: Final = msgid(
    "**Photosensitivity:** tell people at the door that the screen changes its "
    "colour, and let who does not want it use a PIN or ask the office."
)
REPEATED: Final = msgid(
    "Who waits before it gets one mark, however long: another one follows when the site's "
    "cooldown is over (page Settings, This site) and it has not seen them for a minute."
)

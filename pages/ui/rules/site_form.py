"""Settings of the site itself: its name, its time zone, the cooldown, how long things are kept."""

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from face_rec.domain.errors import Conflict, OptionsRefused
from face_rec.domain.site.own_ways import OwnWay, Swapping, own_ways_of, ways_in
from face_rec.domain.site.self_enrolment import SelfEnrolling
from face_rec.facades.attendance.settings import SettingsFacade
from face_rec.languages.language import LANGUAGES, msgid
from face_rec.option_values import LONGEST_VISITOR_TEXT, VARIABLES
from face_rec.site_options import LiveOptions, SiteOptions
from pages.ui.frame.identity import Right, require
from pages.ui.frame.outcome import flash
from pages.ui.shared import times
from pages.ui.shared.text import plain
from pages.ui.shared.words import in_words, said

_AGAIN = msgid(
    "Who stays before a camera gets one mark, however long: another one follows when this time is "
    "over and the camera has not seen them for a minute."
)
OWN = {
    OwnWay.PIN: msgid("with ID and PIN"),
    OwnWay.LINK: msgid("by a personal link of the office's"),
    OwnWay.KIOSK: msgid("by a code that a kiosk shows to whom it has just recognised"),
    OwnWay.SSO: msgid("by single sign-on, with their e-mail address or ID"),
}
SWAPS = {
    Swapping.OFF: msgid("No"),
    Swapping.ASK: msgid("Yes; whoever decides about requests approves each"),
    Swapping.AT_ONCE: msgid("Yes; at once when the colleague agrees"),
}
SELF = {
    SelfEnrolling.OFF: msgid("No"),
    SelfEnrolling.ASK: msgid("Yes; somebody approves each"),
    SelfEnrolling.TRUST: msgid("Yes; at once, where nothing speaks against it"),
}
_OWN_HELP = msgid(
    "At /my. Each sees their own times only, and no account is needed. A code opens the page of "
    "whom the camera names: let kiosks that show codes mark live faces only, or somebody's photo "
    "opens it, too."
)
_KEPT = msgid(
    "Days after which they are deleted by themselves; 0: kept until somebody deletes them."
)


def site_form(app: SettingsFacade) -> None:
    """The form; what the environment or ``.env`` sets is shown and cannot be changed here."""
    require(Right.SITE)
    options = app.options
    options.refresh()
    key, now = f"site_{options.version}", options.current()
    with st.form(key, border=True):
        columns = st.columns(2, gap="medium")
        wanted = {
            **_place(app, now, columns), **_kept(app, now, columns, key), **_of_people(now, key),
            **_visitors(now, key), **_swaps(now, key),
        }  # fmt: skip
        saved = st.form_submit_button(said("Save"), type="primary", icon=":material/save:")
    _say_what_is_held(options)
    if saved:
        before = now.texts()
        changed = {name: text for name, text in wanted.items() if text != before[name]}
        save_site(options, changed, options.version)


Columns = Sequence[DeltaGenerator]
Wanted = dict[str, str]
"""By option the text that the form has for it, as it is stored."""


def _place(app: SettingsFacade, now: SiteOptions, columns: Columns) -> Wanted:
    """What the site is called, where it is, and how it speaks and counts."""
    (one, two), held = columns, app.options.fixed
    title = one.text_input(
        said("Name of the site"), now.title, max_chars=80, disabled="title" in held
    )
    known = times.zones(now.timezone.key)
    zone = two.selectbox(
        said("Time zone"), known, known.index(now.timezone.key), disabled="timezone" in held
    )
    cooldown = one.number_input(
        said("Seconds before somebody is marked again"), 0, 86_400, now.cooldown,
        help=said(_AGAIN), disabled="cooldown" in held,
    )  # fmt: skip
    clock = times.clock_time(app.clock.now(), now.timezone)
    two.caption(said("It is {time} there now.", time=clock))
    language = two.selectbox(
        said("Language of the kiosks"), list(LANGUAGES), list(LANGUAGES).index(now.language),
        format_func=lambda code: LANGUAGES[code].own_name, disabled="language" in held,
        help=said("Screen and voice of each that has no language of its own."),
    )  # fmt: skip
    return {
        "title": title, "timezone": zone, "cooldown": str(cooldown), "language": language,
    }  # fmt: skip


def _kept(app: SettingsFacade, now: SiteOptions, columns: Columns, key: str) -> Wanted:
    """How long things are kept, and badges valid."""
    (one, two), held = columns, app.options.fixed
    snapshots = one.number_input(
        said("Keep pictures of marks (days)"), 0, 3650, now.snapshot_days, help=said(_KEPT),
        disabled="snapshot_days" in held,
    )  # fmt: skip
    inactive = two.number_input(
        said("Keep faces of people without a mark (days)"), 0, 3650, now.inactive_days,
        help=said(_KEPT), disabled="inactive_days" in held,
    )  # fmt: skip
    badges = one.number_input(
        said("Badges that are printed now are valid for (days)"), 0, 3650, now.badge_days,
        help=said("0: until they are withdrawn."), key=f"{key}_badge_days",
    )  # fmt: skip
    return {
        "snapshot_days": str(snapshots), "inactive_days": str(inactive), "badge_days": str(badges),
    }  # fmt: skip


def _of_people(now: SiteOptions, key: str) -> Wanted:
    """What people may do themselves."""
    own = st.multiselect(
        said("People may see their own attendance"), list(OWN), default=ways_in(now.own_page),
        format_func=lambda way: said(OWN[way]), placeholder=said("No"), key=f"{key}_own",
        help=said(_OWN_HELP),
    )  # fmt: skip
    enrolling = st.selectbox(
        said("People may register themselves on their own phone"), list(SELF),
        list(SELF).index(SelfEnrolling(now.self_enrolment)),
        format_func=lambda one: said(SELF[one]), key=f"{key}_enrolling",
        help=said("Whom the office invites, under Invitations. By a poster each is approved."),
    )  # fmt: skip
    return {"own_page": own_ways_of(",".join(own)), "self_enrolment": enrolling.value}


def _visitors(now: SiteOptions, key: str) -> Wanted:
    left, right = st.columns(2, gap="medium", vertical_alignment="center")
    visitors = left.checkbox(
        said("The reception enters visitors"), now.visitors == "on", key=f"{key}_visitors",
        help=said("Under Visitors. No face is looked at, and nothing of attendance is made."),
    )  # fmt: skip
    days = right.number_input(
        said("Erase visits after (days)"), 0, 90, now.visitor_days, key=f"{key}_visitor_days",
        help=said("0: at the end of their day."),
    )  # fmt: skip
    text = st.text_area(
        said("What visitors agree to"), now.visitor_text, max_chars=LONGEST_VISITOR_TEXT,
        key=f"{key}_visitor_text", height=80,
        placeholder=said("Empty: the usual text, in the visitor's language"),
    )  # fmt: skip
    return {
        "visitors": "on" if visitors else "", "visitor_days": str(days), "visitor_text": text,
    }  # fmt: skip


def _swaps(now: SiteOptions, key: str) -> Wanted:
    swaps = st.selectbox(
        said("People may swap shifts with a colleague of their group"), list(SWAPS),
        list(SWAPS).index(Swapping(now.swaps)),
        format_func=lambda one: said(SWAPS[one]), key=f"{key}_swaps",
        help=said("On their own page, where they see the names of their group then."),
    )  # fmt: skip
    return {"swaps": swaps.value}


def save_site(options: LiveOptions, changed: Mapping[str, str], seen: int) -> None:
    """Save, say so and draw the page anew; a refusal is shown where it happened."""
    require(Right.SITE)
    if not changed:
        st.info(said("Nothing was changed."))
        return
    try:
        options.change(changed, seen)
    except (OptionsRefused, Conflict) as error:
        st.error(plain(in_words(error.said)), icon=":material/error:")
        return
    flash(said("Saved. It holds from now on, at every screen."))
    st.rerun(scope="app")


def _say_what_is_held(options: LiveOptions) -> None:
    held = [VARIABLES[name] for name in VARIABLES if name in options.fixed]
    if held:
        st.caption(
            said(
                "Set in the environment or .env, which wins: {names}. Remove a line there "
                "and restart to decide it here.",
                names=", ".join(held),
            )
        )

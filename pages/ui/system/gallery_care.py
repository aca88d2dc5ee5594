"""Look after the gallery: whom a measurement found something about, and what to do; and whether
everybody is served alike."""

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd
import streamlit as st

from face_rec.access.pages import Page
from face_rec.domain.errors import FaceRecError, PictureRefused
from face_rec.domain.people import Person, life_words
from face_rec.facades.admin import AdminFacade
from face_rec.models.scores.bounds import Rate
from face_rec.models.scores.own_report import Finding, GroupRate, Need
from face_rec.people.photos.photos import decode
from face_rec.people.photos.portraits import data_uri
from pages.ui.frame.identity import Right, current
from pages.ui.frame.navigation import open_button
from pages.ui.frame.outcome import flash
from pages.ui.frame.parts import dialog
from pages.ui.shared.text import counted, plain
from pages.ui.shared.widgets import picture

_TITLES: Final = {
    Need.SAME: ("person", "people", "may be registered twice"),
    Need.ALIKE: ("pair", "pairs", "look alike"),
    Need.STRANGE: ("person", "people", "with a photo that disagrees with the others"),
    Need.SINKING: ("person", "people", "whose scores sink"),
    Need.MISSED: ("person", "people", "whom the kiosks keep missing"),
    Need.FEW: ("person", "people", "with one photo only, and a confirmed mark to add from"),
    Need.DOUBTED: ("person", "people", "enrolled while it was not sure that they were there"),
}
_ADVICE: Final = {
    Need.SAME: "Their photos agree as those of one person do. Open both; if it is one person, "
    "erase one of the two. Each such pair raises the threshold for everybody: measure again then.",
    Need.ALIKE: "Twins, sisters, or a poor photo. One may be taken for the other where the lead "
    "is small. Give both three good photos from different sides; replace blurred ones.",
    Need.STRANGE: "Another person's photo among the own ones lets that person, and strangers, be "
    "taken for this one. Look at it, and remove it if it is not theirs, masked or blurred.",
    Need.SINKING: "They have changed, or the camera has: a beard, glasses, a dirty lens. Take new "
    "photos, or add one from a mark that somebody has confirmed.",
    Need.MISSED: "They come by PIN where others are recognised. Take new photos in the kiosk's "
    "light, or add one from a confirmed mark. Looks that name nobody are not kept nor counted.",
    Need.FEW: "Three photos are recognised far better than one. A person decides about each.",
    Need.DOUBTED: "The camera could not tell them from a picture when their photos were taken, or "
    "took them for one and somebody vouched. Ask them to come, take new photos with the guided "
    "camera in even light, and remove these.",
}


def gallery_care(app: AdminFacade, findings: Sequence[Finding]) -> None:
    """Everything found, the urgent first; of people who are still here."""
    people = _people(app, findings)
    here = [one for one in findings if _there(one, people)]
    st.markdown("**Look after the gallery**")
    if not here:
        st.caption("Nothing found: no two people look alike, and every photo agrees with its own.")
    for need, (one, many, words) in _TITLES.items():
        some = [finding for finding in here if finding.need is need]
        if some:
            with st.expander(f"{counted(len(some), one, many)} {words}", key=f"care_{need}"):
                st.caption(_ADVICE[need])
                for number, finding in enumerate(some):
                    _line(app, finding, people, f"{need}_{number}")


def _people(app: AdminFacade, findings: Sequence[Finding]) -> dict[str, Person]:
    wanted = {name for one in findings for name in (one.subject, one.other) if name}
    return app.people.many(sorted(wanted)) if wanted else {}


def _there(finding: Finding, people: Mapping[str, Person]) -> bool:
    return finding.subject in people and (not finding.other or finding.other in people)


def _line(app: AdminFacade, finding: Finding, people: Mapping[str, Person], key: str) -> None:
    person = people[finding.subject]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        open_button(Page.PEOPLE, _named(person), f"care_{key}", person=person.subject)
        if finding.other:
            st.markdown("and" if finding.need in (Need.SAME, Need.ALIKE) else "is closer to",
                        width="content")  # fmt: skip
            other = people[finding.other]
            open_button(Page.PEOPLE, _named(other), f"care_{key}_other", person=other.subject)
        st.caption(_figures(finding, people), width="stretch")
        if finding.picture and current().may(Right.PEOPLE_WRITE) and st.button(
            "Add a photo …", key=f"care_{key}_add", icon=":material/add_a_photo:"
        ):  # fmt: skip
            _add(app, person, finding.picture)


def _named(person: Person) -> str:
    return f"{plain(person.name)} ({plain(person.id)})"


def _figures(finding: Finding, people: Mapping[str, Person]) -> str:
    score, against = f"{finding.score:.3f}", f"{finding.against:.3f}"
    match finding.need:
        case Need.SAME | Need.ALIKE:
            return f"score {score}; {against} names somebody"
        case Need.STRANGE:
            return (
                f"photo {finding.place + 1}: score {score} with their others, {against} expected"
            )
        case Need.SINKING:
            days = counted(finding.count, "day")
            return f"from {finding.before:.3f} to {score} over {days}; {against} is needed"
        case Need.MISSED:
            return f"{finding.count} of {counted(finding.of, 'mark')} by PIN in four weeks"
        case Need.FEW:
            return "one photo"
        case Need.DOUBTED:
            person = people[finding.subject]
            return life_words(person.life) if person.doubted else "checked since"


@dialog("Add this photo?", Right.PEOPLE_WRITE, icon=":material/add_a_photo:")
def _add(app: AdminFacade, person: Person, key: str) -> None:
    """The picture of a mark that somebody confirmed; it becomes a template by a person's click."""
    try:
        picture(data_uri(decode(app.picture(key))), f"A confirmed mark of {person.name}")
    except FaceRecError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.markdown(f"Is this {plain(person.name)}? Then it becomes one of their photos.")
    if st.button("Yes, add it", type="primary", key="care_confirmed", icon=":material/check:"):
        try:
            app.add_from_mark(person.subject, key)
        except PictureRefused as error:
            st.error(plain(f"It cannot be used. {error}"), icon=":material/error:")
            return
        except FaceRecError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return
        flash(f"A photo was added to {person.name}.")
        st.rerun()


def group_card(groups: Sequence[GroupRate]) -> None:
    """Whether everybody is served alike, at the threshold in use."""
    if not groups:
        return
    st.markdown("**Is everybody served alike?**")
    for one in groups:
        for worse, words in ((one.more_missed, "missed"), (one.more_mistaken, "mistaken")):
            if worse:
                st.warning(
                    f"**{plain(one.tag)} {plain(one.name)}** is served worse: its people are "
                    f"{words} clearly more often than the others, beyond chance. Look at their "
                    "photos and at the light where they come in; a better pack may help.",
                    icon=":material/warning:",
                )
    rows = [
        {
            "Tag": one.tag, "Value": one.name, "People": one.people,
            "Missed (FNIR)": bounded(one.missed),
            "Taken for others (FPIR)": bounded(one.reached),
        }
        for one in groups
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt="Errors by group and tag")
    st.caption("Groups of fewer than five people are left out: their rates would tell of persons.")


def bounded(rate: Rate) -> str:
    """A rate with its bounds."""
    if not rate.trials:
        return "–"
    return f"{rate.value:.2%} ({rate.low:.2%} to {rate.high:.2%})"

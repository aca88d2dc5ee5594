"""Look after the gallery: whom a measurement found something about, and what to do; and whether
everybody is served alike."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import pandas as pd
import streamlit as st

from face_rec.access.pages import Page
from face_rec.domain.errors import FaceRecError, PictureRefused
from face_rec.domain.people import Person, life_words
from face_rec.facades.admin import AdminFacade
from face_rec.languages.language import msgid
from face_rec.models.scores.bounds import Rate
from face_rec.models.scores.own_report import Finding, GroupRate, Need
from face_rec.people.photos.photos import decode
from face_rec.people.photos.portraits import data_uri
from pages.ui.frame.identity import Right, current
from pages.ui.frame.navigation import open_button
from pages.ui.frame.outcome import flash
from pages.ui.frame.parts import dialog
from pages.ui.shared.text import plain
from pages.ui.shared.widgets import picture
from pages.ui.shared.words import formats, in_words, said, said_many

_TITLES: Final[Mapping[Need, Callable[[int], str]]] = {
    Need.SAME: lambda number: said_many(
        "{count} person may be registered twice",
        "{count} people may be registered twice",
        number,
    ),
    Need.ALIKE: lambda number: said_many(
        "{count} pair look alike", "{count} pairs look alike", number
    ),
    Need.STRANGE: lambda number: said_many(
        "{count} person with a photo that disagrees with the others",
        "{count} people with a photo that disagrees with the others",
        number,
    ),
    Need.SINKING: lambda number: said_many(
        "{count} person whose scores sink", "{count} people whose scores sink", number
    ),
    Need.UNNAMED: lambda number: said_many(
        "{count} person whose visits end without a name",
        "{count} people whose visits end without a name",
        number,
    ),
    Need.MISSED: lambda number: said_many(
        "{count} person whom the kiosks keep missing",
        "{count} people whom the kiosks keep missing",
        number,
    ),
    Need.FEW: lambda number: said_many(
        "{count} person with one photo only, and a confirmed mark to add from",
        "{count} people with one photo only, and a confirmed mark to add from",
        number,
    ),
    Need.DOUBTED: lambda number: said_many(
        "{count} person enrolled while it was not sure that they were there",
        "{count} people enrolled while it was not sure that they were there",
        number,
    ),
}
"""What was found, with how many; the urgent first."""
_ADVICE: Final = {
    Need.SAME: msgid(
        "Their photos agree as those of one person do. Open both; if it is "
        "one person, erase one of the two. Each such pair raises the "
        "threshold for everybody: measure again then."
    ),
    Need.ALIKE: msgid(
        "Twins, sisters, or a poor photo. One may be taken for the other "
        "where the lead is small. Give both three good photos from different "
        "sides; replace blurred ones."
    ),
    Need.STRANGE: msgid(
        "Another person's photo among the own ones lets that person, and "
        "strangers, be taken for this one. Look at it, and remove it if it "
        "is not theirs, masked or blurred."
    ),
    Need.SINKING: msgid(
        "They have changed, or the camera has: a beard, glasses, a dirty "
        "lens. Take new photos, or add one from a mark that somebody has "
        "confirmed."
    ),
    Need.UNNAMED: msgid(
        "Somebody came near their score again and again and was not named: "
        "most likely they themselves, seldom somebody who resembles them and "
        "comes often. Take new photos where they come in, in that kiosk's "
        "light, with the glasses or the beard of today, or add one from a "
        "confirmed mark. Do not lower the threshold for it: that lets "
        "strangers in."
    ),
    Need.MISSED: msgid(
        "They come by PIN where others are recognised. Take new photos in "
        "the kiosk's light, or add one from a confirmed mark."
    ),
    Need.FEW: msgid(
        "Three photos are recognised far better than one. A person decides about each."
    ),
    Need.DOUBTED: msgid(
        "The camera could not tell them from a picture when their photos "
        "were taken, or took them for one and somebody vouched. Ask them "
        "to come, take new photos with the guided camera in even light, "
        "and remove these."
    ),
}

_MISSED: Final = msgid(
    "**{tag} {name}** is served worse: its people are missed clearly more often than the others, "
    "beyond chance. Look at their photos and at the light where they come in; a better pack may "
    "help."
)
_MISTAKEN: Final = msgid(
    "**{tag} {name}** is served worse: its people are mistaken clearly more often than the "
    "others, beyond chance. Look at their photos and at the light where they come in; a better "
    "pack may help."
)


def gallery_care(app: AdminFacade, findings: Sequence[Finding], *, counted: bool) -> None:
    """Everything found, the urgent first; of people who are still here. ``counted``: whether
    visits that end without a name are."""
    people = _people(app, findings)
    here = [one for one in findings if _there(one, people)]
    st.markdown(said("**Look after the gallery**"))
    if not here:
        st.caption(
            said("Nothing found: no two people look alike, and every photo agrees with its own.")
        )
    for need, title in _TITLES.items():
        some = [finding for finding in here if finding.need is need]
        if some:
            with st.expander(title(len(some)), key=f"care_{need}"):
                st.caption(said(_ADVICE[need]))
                for number, finding in enumerate(some):
                    _line(app, finding, people, f"{need}_{number}")
    if not counted:
        st.caption(
            said(
                "Visits that end without a name are not counted here, so nobody is told by them. "
                "COUNT_MISSED switches it on."
            )
        )


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
            pair = finding.need in (Need.SAME, Need.ALIKE)
            st.markdown(said("and") if pair else said("is closer to"),
                        width="content")  # fmt: skip
            other = people[finding.other]
            open_button(Page.PEOPLE, _named(other), f"care_{key}_other", person=other.subject)
        st.caption(_figures(finding, people), width="stretch")
        if finding.picture and current().may(Right.PEOPLE_WRITE) and st.button(
            said("Add a photo …"), key=f"care_{key}_add", icon=":material/add_a_photo:"
        ):  # fmt: skip
            _add(app, person, finding.picture)


def _named(person: Person) -> str:
    return f"{plain(person.name)} ({plain(person.id)})"


def _figures(finding: Finding, people: Mapping[str, Person]) -> str:
    score = formats().number(finding.score, 3)
    against = formats().number(finding.against, 3)
    match finding.need:
        case Need.SAME | Need.ALIKE:
            return said("score {score}; {against} names somebody", score=score, against=against)
        case Need.STRANGE:
            return said(
                "photo {number}: score {score} with their others, {against} expected",
                number=finding.place + 1,
                score=score,
                against=against,
            )
        case Need.SINKING:
            return said_many(
                "from {before} to {score} over {count} day; {against} is needed",
                "from {before} to {score} over {count} days; {against} is needed",
                finding.count,
                before=formats().number(finding.before, 3),
                score=score,
                against=against,
            )
        case Need.UNNAMED | Need.MISSED:
            return _share(finding)
        case Need.FEW:
            return said("one photo")
        case Need.DOUBTED:
            person = people[finding.subject]
            return in_words(life_words(person.life)) if person.doubted else said("checked since")


def _share(finding: Finding) -> str:
    """Of how many visits, or marks, in four weeks."""
    number = formats().number(finding.count)
    if finding.need is Need.UNNAMED:
        return said_many(
            "{number} of {count} visit in four weeks ended near their score without a name",
            "{number} of {count} visits in four weeks ended near their score without a name",
            finding.of,
            number=number,
        )
    return said_many(
        "{number} of {count} mark by PIN in four weeks",
        "{number} of {count} marks by PIN in four weeks",
        finding.of,
        number=number,
    )


@dialog(msgid("Add this photo?"), Right.PEOPLE_WRITE, icon=":material/add_a_photo:")
def _add(app: AdminFacade, person: Person, key: str) -> None:
    """The picture of a mark that somebody confirmed; it becomes a template by a person's click."""
    try:
        picture(
            data_uri(decode(app.picture(key))),
            said("A confirmed mark of {name}", name=person.name),
        )
    except FaceRecError as error:
        st.error(plain(in_words(error.said)), icon=":material/error:")
        return
    st.markdown(
        said("Is this {name}? Then it becomes one of their photos.", name=plain(person.name))
    )
    if st.button(
        said("Yes, add it"), type="primary", key="care_confirmed", icon=":material/check:"
    ):
        try:
            app.add_from_mark(person.subject, key)
        except PictureRefused as error:
            st.error(
                plain(said("It cannot be used. {error}", error=in_words(error.said))),
                icon=":material/error:",
            )
            return
        except FaceRecError as error:
            st.error(plain(in_words(error.said)), icon=":material/error:")
            return
        flash(said("A photo was added to {name}.", name=person.name))
        st.rerun()


def group_card(groups: Sequence[GroupRate]) -> None:
    """Whether everybody is served alike, at the threshold in use."""
    if not groups:
        return
    st.markdown(said("**Is everybody served alike?**"))
    for one in groups:
        for worse, told in ((one.more_missed, _MISSED), (one.more_mistaken, _MISTAKEN)):
            if worse:
                st.warning(
                    said(told, tag=plain(one.tag), name=plain(one.name)),
                    icon=":material/warning:",
                )
    rows = [
        {
            "tag": one.tag, "value": one.name, "people": one.people,
            "missed": bounded(one.missed), "taken": bounded(one.reached),
        }
        for one in groups
    ]  # fmt: skip
    st.dataframe(
        pd.DataFrame(rows),
        column_config={
            "tag": said("Tag"),
            "value": said("Value"),
            "people": said("People"),
            "missed": said("Missed (FNIR)"),
            "taken": said("Taken for others (FPIR)"),
        },
        hide_index=True,
        alt=said("Errors by group and tag"),
    )
    st.caption(
        said("Groups of fewer than five people are left out: their rates would tell of persons.")
    )


def bounded(rate: Rate) -> str:
    """A rate with its bounds."""
    if not rate.trials:
        return "–"
    value, low, high = (formats().percent(one, 2) for one in (rate.value, rate.low, rate.high))
    return said("{value} ({low} to {high})", value=value, low=low, high=high)

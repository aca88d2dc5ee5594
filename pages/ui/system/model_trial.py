"""How two model packs compare on the people of this site."""

import streamlit as st

from face_rec.facades.admin import AdminFacade
from face_rec.people.change.plan import NAMED, Looks, Plan, Trial
from pages.ui.shared.text import plain
from pages.ui.shared.widgets import facts
from pages.ui.shared.words import formats, said, said_many


def trial_report(app: AdminFacade, plan: Plan, trial: Trial) -> None:
    """Both packs side by side, and who is named differently."""
    old, new = short(plan.old.pack), short(plan.new.pack)
    st.markdown(
        said_many(
            "**Compared on {count} photo**: each was left out of both galleries and "
            "looked for in them, as a kiosk would.",
            "**Compared on {count} photos**: each was left out of both galleries and "
            "looked for in them, as a kiosk would.",
            trial.looks,
        )
    )
    st.markdown(_table(old, new, trial.old, trial.new))
    facts(_differences(old, new, trial))
    if app.site.own_threshold:
        st.warning(
            said(
                "MATCH_THRESHOLD or MATCH_MARGIN is set by hand, for the pack in use. "
                "Scores of another model mean something else: remove both on every "
                "machine and restart the app, before you switch."
            ),
            icon=":material/warning:",
        )
    _named(app, trial)


def _table(old: str, new: str, before: Looks, after: Looks) -> str:
    rows = [
        (said("Named rightly"), formats().number(before.right), formats().number(after.right)),
        (said("Named nobody"), formats().number(before.nobody), formats().number(after.nobody)),
        (
            said("Named somebody else"),
            formats().number(before.wrong),
            formats().number(after.wrong),
        ),
        (
            said("Least score"),
            formats().number(before.threshold, 3),
            formats().number(after.threshold, 3),
        ),
        (
            said("Least lead"),
            formats().number(before.margin, 3),
            formats().number(after.margin, 3),
        ),
    ]
    head = f"| | {plain(old)} | {plain(new)} |\n|---|---:|---:|\n"
    return head + "\n".join(f"| {name} | {one} | {other} |" for name, one, other in rows)


def _differences(old: str, new: str, trial: Trial) -> list[tuple[str, str]]:
    compared = trial.people - trial.single
    rows = [
        (
            said("Named differently"),
            said_many(
                "{done} of {count} person",
                "{done} of {count} people",
                compared,
                done=formats().number(trial.differently),
            ),
        ),
        (said("Of these, not named any more"), people(trial.lost)),
        (said("Look-alike pairs"), _alike(old, new, trial)),
    ]
    if trial.single:
        rows.append((said("Not compared, one photo only"), people(trial.single)))
    return rows


def _alike(old: str, new: str, trial: Trial) -> str:
    number = formats().number
    return f"{new}: {number(trial.alike)}, {old}: {number(trial.alike_old)}"


def _named(app: AdminFacade, trial: Trial) -> None:
    if not trial.changed and not trial.pairs:
        return
    found = app.people.many(sorted(trial.subjects()))
    names = {subject: f"{one.name} ({one.id})" for subject, one in found.items()}
    with st.expander(said("Who that is")):
        if trial.changed:
            listed = [names[one] for one in trial.changed if one in names]
            st.markdown(said("**Named differently:** {names}", names=plain(", ".join(listed))))
        pairs = [pair for pair in trial.pairs if pair.one in names and pair.other in names]
        if pairs:
            st.markdown(said("**Look alike:**"))
        for pair in pairs[:NAMED]:
            st.markdown(
                "- "
                + said(
                    "{one} and {other}: {score}",
                    one=plain(names[pair.one]),
                    other=plain(names[pair.other]),
                    score=formats().number(pair.score, 2),
                )
            )


def people(number: int) -> str:
    """So many of them."""
    return said_many("{count} person", "{count} people", number)


def short(pack: str) -> str:
    """A pack that is set by its folder is called as that is."""
    return pack.rstrip("/").rpartition("/")[2]

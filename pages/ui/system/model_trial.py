"""How two model packs compare on the people of this site."""

import streamlit as st

from face_rec.facades.admin import AdminFacade
from face_rec.people.change.plan import NAMED, Looks, Plan, Trial
from pages.ui.shared.text import counted, plain
from pages.ui.shared.widgets import facts


def trial_report(app: AdminFacade, plan: Plan, trial: Trial) -> None:
    """Both packs side by side, and who is named differently."""
    old, new = short(plan.old.pack), short(plan.new.pack)
    st.markdown(
        f"**Compared on {counted(trial.looks, 'photo')}**: each was left out of both galleries "
        "and looked for in them, as a kiosk would."
    )
    st.markdown(_table(old, new, trial.old, trial.new))
    facts(_differences(old, new, trial))
    if app.site.own_threshold:
        st.warning(
            "MATCH_THRESHOLD or MATCH_MARGIN is set by hand, for the pack in use. Scores of "
            "another model mean something else: remove both on every machine and restart the app, "
            "before you switch.",
            icon=":material/warning:",
        )
    _named(app, trial)


def _table(old: str, new: str, before: Looks, after: Looks) -> str:
    rows = [
        ("Named rightly", f"{before.right:,}", f"{after.right:,}"),
        ("Named nobody", f"{before.nobody:,}", f"{after.nobody:,}"),
        ("Named somebody else", f"{before.wrong:,}", f"{after.wrong:,}"),
        ("Least score", f"{before.threshold:.3f}", f"{after.threshold:.3f}"),
        ("Least lead", f"{before.margin:.3f}", f"{after.margin:.3f}"),
    ]
    head = f"| | {plain(old)} | {plain(new)} |\n|---|---:|---:|\n"
    return head + "\n".join(f"| {name} | {one} | {other} |" for name, one, other in rows)


def _differences(old: str, new: str, trial: Trial) -> list[tuple[str, str]]:
    compared = trial.people - trial.single
    rows = [
        ("Named differently", f"{trial.differently:,} of {people(compared)}"),
        ("Of these, not named any more", people(trial.lost)),
        ("Look-alike pairs", f"{new}: {trial.alike:,}, {old}: {trial.alike_old:,}"),
    ]
    if trial.single:
        rows.append(("Not compared, one photo only", people(trial.single)))
    return rows


def _named(app: AdminFacade, trial: Trial) -> None:
    if not trial.changed and not trial.pairs:
        return
    found = app.people.many(sorted(trial.subjects()))
    names = {subject: f"{one.name} ({one.id})" for subject, one in found.items()}
    with st.expander("Who that is"):
        if trial.changed:
            listed = [names[one] for one in trial.changed if one in names]
            st.markdown(f"**Named differently:** {plain(', '.join(listed))}")
        pairs = [pair for pair in trial.pairs if pair.one in names and pair.other in names]
        if pairs:
            st.markdown("**Look alike:**")
        for pair in pairs[:NAMED]:
            st.markdown(
                f"- {plain(names[pair.one])} and {plain(names[pair.other])}: {pair.score:.2f}"
            )


def people(number: int) -> str:
    """So many of them."""
    return counted(number, "person", "people")


def short(pack: str) -> str:
    """A pack that is set by its folder is called as that is."""
    return pack.rstrip("/").rpartition("/")[2]

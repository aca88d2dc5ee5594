"""Filters of a page that are kept under a name and shared as views of Explore are, and put into
an address. What is typed to find a person is in neither: a name would be left there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode, urlsplit

import streamlit as st

from face_rec.access.rights import Right
from face_rec.attendance.explore.view import View
from face_rec.attendance.explore.views import LONGEST, Views
from pages.ui.frame.identity import Identity
from pages.ui.frame.outcome import carried_out, flash
from pages.ui.shared.period import CUSTOM
from pages.ui.shared.text import plain
from pages.ui.shared.words import said

Chosen = tuple[tuple[str, str], ...]
"""Names and values as they stand in an address."""
_KEPT: Final = "filter"
"""Names a filter that is kept, in an address."""


@dataclass(frozen=True, slots=True)
class Field:
    """A widget by its ``name`` in the address and its ``key``. ``options``: what it takes, by what
    stands in the address; ``many``: whether several at once."""

    name: str
    key: str
    options: Mapping[str, object]
    many: bool = False


@dataclass(frozen=True, slots=True)
class Dates:
    """The first and the last day of a period that is chosen by two dates."""

    key: str


def period_fields(prefix: str, spans: Sequence[str]) -> tuple[Field, Dates]:
    """Those that :func:`pages.ui.shared.period.period` draws."""
    return (
        Field("span", f"{prefix}_span", {one: one for one in (*spans, CUSTOM)}),
        Dates(f"{prefix}_dates"),
    )


def texts(values: Sequence[str]) -> dict[str, object]:
    """Options that stand in an address as they are."""
    return {one: one for one in values}


# --- from an address


def asked_for(page: str, views: Views, who: Identity, drawn: str) -> Chosen | None:
    """What the address asks for, once; None where that is nothing, or was done already. One that
    was cleared asks for the page as it is at first. ``drawn``: the key of a widget that is always
    on the page: where there is none the page was left meanwhile, and nothing of it is done."""
    if drawn not in st.session_state:
        st.session_state.pop(_done(page), None)
        st.session_state.pop(_before(page), None)
    asked = _address()
    if st.session_state.get(_done(page), ()) == asked:
        return None
    st.session_state[_done(page)] = asked
    st.session_state.pop(_before(page), None)
    kept = st.query_params.get(_KEPT, "")
    if not kept:
        return asked
    return next((one.chosen for one in views.of(who.id, page) if one.id == kept), None)


def _address() -> Chosen:
    query = st.query_params
    return tuple((name, value) for name in query for value in query.get_all(name))


def fill(fields: Sequence[Field | Dates], chosen: Chosen) -> None:
    """Put what was ``chosen`` into widgets that are drawn after this; what none of them takes (any
    more), or whoever looks may not see, is left out, which is said, and what is not said is as at
    first."""
    if any(_lacks(field, chosen) for field in fields if isinstance(field, Field)):
        said_so = said("Part of this is not there any more, or not yours to see: it is left out.")
        st.toast(said_so, icon=":material/search_off:")
    for field in fields:
        value = _dates(chosen) if isinstance(field, Dates) else _value(field, chosen)
        if value is None:
            st.session_state.pop(field.key, None)
        else:
            st.session_state[field.key] = value


def _value(field: Field, chosen: Chosen) -> object:
    found = [field.options[v] for name, v in chosen if name == field.name and v in field.options]
    if field.many:
        return found
    return found[0] if found else None


def _lacks(field: Field, chosen: Chosen) -> bool:
    return any(name == field.name and value not in field.options for name, value in chosen)


def _dates(chosen: Chosen) -> tuple[date, date] | None:
    said_of = dict(chosen)
    try:
        return date.fromisoformat(said_of["first"]), date.fromisoformat(said_of["last"])
    except (KeyError, ValueError):
        return None


def first_of(chosen: Chosen, name: str) -> str:
    """The first value of this name; "" where there is none."""
    return next((value for one, value in chosen if one == name), "")


# --- to an address


def chosen_now(fields: Sequence[Field | Dates]) -> Chosen:
    """What the widgets say, in the order of ``fields``."""
    found: list[tuple[str, str]] = []
    custom = False
    for field in fields:
        value = st.session_state.get(field.key)
        if isinstance(field, Dates):
            if custom and isinstance(value, tuple) and len(value) == 2:
                found += [("first", value[0].isoformat()), ("last", value[1].isoformat())]
            continue
        values = value if field.many and isinstance(value, list) else [value]
        custom = custom or (field.name == "span" and value == CUSTOM)
        found += [(field.name, text) for text, one in field.options.items() if one in values]
    return tuple(found)


def follow(page: str, chosen: Chosen) -> None:
    """The address says what is ``chosen`` from the first change on, so that loading the page anew
    and a bookmark keep it; the browser's Back takes the change back. Where nobody has chosen
    anything yet it stays as it was: else Back would lead nowhere but here."""
    before = st.session_state.get(_before(page))
    st.session_state[_before(page)] = chosen
    if before is None or chosen in (before, _address()):
        return
    st.session_state[_done(page)] = chosen
    st.query_params.from_dict(_by_name(chosen))


def _by_name(chosen: Chosen) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in chosen:
        found.setdefault(name, []).append(value)
    return found


def filter_bar(
    page: str,
    views: Views,
    who: Identity,
    fields: Sequence[Field | Dates],
    also: Chosen = (),
) -> None:
    """Opens, keeps and removes filters, and shows the link of what is chosen now. ``also``: what
    else is to be said of it."""
    chosen = (*also, *chosen_now(fields))
    with st.popover(said("Filters"), icon=":material/bookmark_add:", key=f"filters_{page}"):
        for view in views.of(who.id, page):
            _kept(page, views, who, view)
        _keep(page, views, who, chosen)
        st.caption(said("A link to what is chosen now, without the name that is typed:"))
        place = urlsplit(st.context.url or "")
        address = f"{place.scheme}://{place.netloc}{place.path}?{urlencode(chosen)}"
        st.code(address, language=None, wrap_lines=True)


def _kept(page: str, views: Views, who: Identity, view: View) -> None:
    mine = view.owner == who.id
    with st.container(horizontal=True, vertical_alignment="center"):
        label = plain(view.title)
        if st.button(label, key=f"filter_open_{view.id}", width="stretch"):
            st.session_state.pop(_done(page), None)
            st.query_params.from_dict({_KEPT: view.id})
            st.rerun(scope="app")
        if (mine or who.may(Right.SITE)) and st.button(
            said("Remove"), key=f"filter_remove_{view.id}", type="tertiary"
        ):
            anybodys = who.may(Right.SITE)
            if carried_out(lambda: views.remove(view.id, who.id, anybodys=anybodys)):
                flash(said("The filter is removed."))
                st.rerun(scope="app")
    if not mine:
        st.caption(said("shared by {account}", account=plain(view.owner)))


def _keep(page: str, views: Views, who: Identity, chosen: Chosen) -> None:
    with st.form(f"filter_form_{page}", border=False, clear_on_submit=True):
        title = st.text_input(said("Keep what is chosen now as"), max_chars=LONGEST,
                              key=f"filter_title_{page}")  # fmt: skip
        shared = st.toggle(
            said("Share it"), key=f"filter_shared_{page}",
            help=said("Everybody who may open this page finds it here. Each sees of it the groups "
                      "that they may see anyway."),
        )  # fmt: skip
        if not st.form_submit_button(said("Keep it")):
            return
    made = View("", who.id, title or "", "", "", shared=shared, page=page, chosen=chosen)
    if carried_out(lambda: views.save(made)):
        flash(said("The filter is kept."))
        st.rerun(scope="app")


def _done(page: str) -> str:
    """The key of the address that was done."""
    return f"_filters_{page}"


def _before(page: str) -> str:
    """The key of what was chosen when the page was drawn last."""
    return f"_filters_before_{page}"

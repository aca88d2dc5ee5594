"""The form of a rule: what is told, of whom, by which channels, when not, and who is next."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import time, timedelta
from typing import Final

import streamlit as st

from face_rec.domain.errors import NoticeRefused
from face_rec.domain.groups import ALL_GROUPS, Groups, only
from face_rec.domain.people import Person
from face_rec.facades.notices import NoticesFacade
from face_rec.languages.language import LANGUAGES, msgid
from face_rec.languages.sentence import pgettext
from face_rec.notices import templates
from face_rec.notices.channel import DAY_MINUTES, Channel, NoticeRule, Step, Wording
from face_rec.notices.notice import TOLD, About, Fact, Facts, Notice, NoticeKind
from face_rec.notices.running import texts
from pages.ui.shared.people_index import people_index
from pages.ui.shared.text import html, plain
from pages.ui.shared.words import in_words, said

NOBODY: Final = NoticeRule("", "", frozenset(), frozenset())
_ABOUT: Final[Mapping[About, str]] = {
    About.PERSON: msgid("About people"),
    About.KIOSK: msgid("About kiosks"),
    About.SITE: msgid("About the system"),
    About.UNKNOWN: msgid("About unknown people"),
}
_STEPS: Final = 5
_MINUTES: Final = 10


def rule_fields(app: NoticesFacade, rule: NoticeRule, channels: list[Channel]) -> NoticeRule:
    """The rule as the form says it. Kinds of a later version stay."""
    title = st.text_input(
        said(pgettext("of a thing", "Name")),
        rule.title,
        max_chars=80,
        placeholder=said("Late and absent"),
    )
    kinds = [kind for about in About for kind in _kinds(about, rule)]
    named = {one.id: one.title for one in channels}
    by = _channels(said("By which channels"), rule.channels, named, "rule_channels")
    whom = replace(rule, groups=_groups(app, rule.groups), kiosks=_kiosks(app, rule.kiosks))
    told = replace(whom, title=title or "", kinds=_all_of(kinds, rule), channels=by)
    later = st.expander(said("When, and who is next"), icon=":material/schedule:")
    with later:
        told = replace(_times(told), steps=_steps(rule, named))
    with st.expander(said("Words and language"), icon=":material/translate:"):
        told = wordings(app, told, kinds)
    return replace(told, active=st.toggle(said("In force"), rule.active))


def _all_of(chosen: list[NoticeKind], rule: NoticeRule) -> frozenset[str]:
    offered = {kind.value for kind in TOLD}
    return frozenset(kind.value for kind in chosen) | (rule.kinds - offered)


def _kinds(about: About, rule: NoticeRule) -> list[NoticeKind]:
    offered = [kind for kind in TOLD if kind.about is about]
    words = {kind: said(kind.words) for kind in offered}
    already = [kind for kind in offered if kind in rule.kinds]
    return st.pills(
        said(_ABOUT[about]), offered, default=already, format_func=words.__getitem__,
        selection_mode="multi",
    )  # fmt: skip


def _channels(
    label: str, chosen: frozenset[str], named: Mapping[str, str], key: str
) -> frozenset[str]:
    return frozenset(
        st.multiselect(
            label, list(named), default=sorted(chosen & named.keys()), key=key,
            format_func=lambda one: named.get(one) or said("(removed)"), placeholder=said("Choose "
                                                                                     "channels"),
        )
    )  # fmt: skip


def _groups(app: NoticesFacade, groups: Groups) -> Groups:
    known = sorted(set(people_index(app.people).groups) | groups.named)
    named = st.multiselect(
        said("Of which groups"), known, default=sorted(groups.named), placeholder=said("All "
                                                                                    "groups"),
        format_func=lambda name: name or said("(none)"),
    )  # fmt: skip
    return only(*named) if named else ALL_GROUPS


def _kiosks(app: NoticesFacade, kiosks: frozenset[str]) -> frozenset[str]:
    known = sorted(set(app.kiosks.names()) | kiosks)
    return frozenset(
        st.multiselect(
            said("At which kiosks"), known, default=sorted(kiosks), placeholder=said("All kiosks")
        )
    )


def _times(rule: NoticeRule) -> NoticeRule:
    left, right = st.columns(2)
    only = left.time_input(said("Only what happens from"), rule.only_from, step=900)
    ends = right.time_input(
        said("Only what happens until"), rule.only_until, step=900,
        help=said("The same: at any time. From 19:00 until 06:00 is the night."),
    )  # fmt: skip
    st.caption(said("Messages to people can wait; webhooks, which programs read, go out at once."))
    left, right = st.columns(2)
    quiet = left.time_input(said("Quiet from"), rule.quiet_from, step=900)
    until = right.time_input(
        said("Quiet until"), rule.quiet_until, step=900, help=said("The same: never.")
    )
    left, right = st.columns(2)  # of its own: on a phone one field stands below the other
    digest = left.number_input(
        said("Collect for minutes"), 0, DAY_MINUTES, rule.digest, 15,
        help=said("All of that time go out as one message; 0: each by itself."),
    )  # fmt: skip
    cooldown = right.number_input(
        said("Not again within minutes"), 0, DAY_MINUTES, rule.cooldown, 5,
        help=said("The same of the same person or kiosk; 0: always."),
    )  # fmt: skip
    return replace(
        rule, only_from=only or time(0), only_until=ends or time(0), quiet_from=quiet or time(0),
        quiet_until=until or time(0), digest=int(digest), cooldown=int(cooldown),
    )  # fmt: skip


def _steps(rule: NoticeRule, named: Mapping[str, str]) -> tuple[Step, ...]:
    """Those that there are, and one more that is empty."""
    st.caption(
        said(
            "Where somebody is named here, each message has a link by which its "
            "reader says that they take care of it. Nobody did in time: the next "
            "ones are told."
        )
    )
    found: list[Step] = []
    for number in range(_STEPS):
        before = rule.steps[number] if number < len(rule.steps) else Step(_MINUTES, frozenset())
        left, right = st.columns([1, 2.4])
        label = said("… and after more (min)")
        if not number:
            label = said("If nobody acknowledges in (min)")
        after = left.number_input(
            label, 1, DAY_MINUTES, before.after, 5, key=f"step_after_{number}"
        )
        with right:
            chosen = _channels(said("tell"), before.channels, named, f"step_channels_{number}")
        if not chosen:
            break
        found.append(Step(int(after), chosen))
    return tuple(found)


# How a rule's messages read: in which language, in words of its own, and what comes of it.

_SAMPLE: Final = Person("sample", "1024", "Ada Byron", "Office")
_FACTS: Final[Facts] = {
    "kind": "in", "minutes": 12, "by": "grace", "what": "void", "check": "disk",
    "why": "the edge of a paper or a screen moves around the face",
}  # fmt: skip
_DETAILS: Final = {
    NoticeKind.PROBLEM: "redis: no answer for 20 s", NoticeKind.SOLVED: "redis: answers again",
    NoticeKind.DISK: "disk: 0.4 GB free", NoticeKind.CHAIN: "chain: 2 entries do not fit",
}  # fmt: skip


def wordings(app: NoticesFacade, rule: NoticeRule, kinds: Sequence[NoticeKind]) -> NoticeRule:
    """The rule with language and words as they were chosen; draws a preview of each."""
    language = _language(said("Language of its messages"), rule.language, "rule_language")
    rule = replace(rule, language=language)
    if not kinds:
        st.caption(said("Choose above what is told: here stands how it reads."))
        return rule
    seen = _language(said("Preview in"), language, f"preview_{language}")
    holes = (f"`{{{name}}}` {said(words)}" for name, words in templates.PLACEHOLDERS.items())
    st.caption(said("Placeholders: {holes}", holes=", ".join(holes)))
    own: list[Wording] = [one for one in rule.wordings if one.kind not in set(kinds)]
    for tab, kind in zip(st.tabs([said(kind.words) for kind in kinds]), kinds, strict=True):
        with tab:
            wording = _wording(app, rule, kind)
            own += [wording] if wording else []
            _preview(app, replace(rule, wordings=tuple(own)), kind, seen)
    return replace(rule, wordings=tuple(own))


def _language(label: str, chosen: str, key: str) -> str:
    names = {"": said("The site's")} | {code: one.own_name for code, one in LANGUAGES.items()}
    codes = list(names)
    index = codes.index(chosen) if chosen in names else 0
    return st.selectbox(label, codes, index, format_func=names.__getitem__, key=key)


def _wording(app: NoticesFacade, rule: NoticeRule, kind: NoticeKind) -> Wording | None:
    before = rule.wording(kind)
    if not st.toggle(said("Words of our own"), before is not None, key=f"own_{kind.plain}"):
        return None
    start = before or texts.usual(kind, app.told.words(rule.language))
    subject = st.text_input(
        said("Subject"), start.subject, key=f"subject_{kind.plain}", max_chars=200
    )
    body = st.text_area(said("Text"), start.body, key=f"body_{kind.plain}", max_chars=2000)
    return Wording(kind.value, subject or "", body or "")


def _preview(app: NoticesFacade, rule: NoticeRule, kind: NoticeKind, language: str) -> None:
    voice = replace(app.told.voice(language), kiosk=_titled(app))
    try:
        if own := rule.wording(kind):
            templates.checked(own)
    except NoticeRefused as error:
        st.error(plain(in_words(error.said)), icon=":material/error:")
        return
    subject, text = texts.letter([_sample(app, kind)], {_SAMPLE.subject: _SAMPLE}, voice, rule)
    spoken = voice.words.language
    st.html(
        f'<div class="fr-letter" dir="{spoken.direction}" lang="{spoken.code}" '
        f'data-testid="preview-{kind.plain}"><b>{html(subject)}</b><p>{html(text)}</p></div>'
    )


def _sample(app: NoticesFacade, kind: NoticeKind) -> Notice:
    now = app.clock.now() - timedelta(minutes=1)
    kiosk = "" if kind.about is About.SITE else "any"
    facts = {fact.name: _fact(app, fact) for fact in kind.facts}
    subject = _SAMPLE.subject if kind.about is About.PERSON else ""
    details = str(facts.get("why", "")) or _DETAILS.get(kind, "")
    return Notice("sample", kind, now, subject, kiosk, "", details, facts)


def _titled(app: NoticesFacade) -> Callable[[str], str]:
    """Some kiosk that there is."""
    titles = [one.title or one.id for one in app.kiosks.records()]
    return lambda _: next(iter(titles), said("Front door"))


def _fact(app: NoticesFacade, fact: Fact) -> str | int:
    today = app.clock.now().astimezone(app.site.timezone).date()
    return today.isoformat() if fact.name == "day" else _FACTS.get(fact.name, fact.kind())

"""How a rule's messages read: in which language, in words of its own, and what comes of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

import streamlit as st

from face_rec.domain.errors import NoticeRefused
from face_rec.domain.people import Person
from face_rec.facades.notices import NoticesFacade
from face_rec.languages.language import LANGUAGES
from face_rec.notices import templates
from face_rec.notices.channel import NoticeRule, Wording
from face_rec.notices.notice import About, Fact, Facts, Notice, NoticeKind
from face_rec.notices.running import texts
from pages.ui.shared.text import html, plain
from pages.ui.shared.words import in_words, said

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

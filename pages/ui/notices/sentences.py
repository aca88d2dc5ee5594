"""A rule as one reads it out."""

from collections.abc import Iterable, Mapping

from face_rec.languages.language import language_of
from face_rec.notices.channel import NoticeRule
from face_rec.notices.notice import words_of
from pages.ui.shared.text import plain


def sentence(rule: NoticeRule, channels: Mapping[str, str], kiosks: Mapping[str, str]) -> str:
    """As Markdown. ``channels`` and ``kiosks``: what each is called."""
    off = "" if rule.active else " · :orange[not in force]"
    parts = [_what(rule, kiosks), _next(rule, channels), *_when(rule), *_how(rule)]
    said = "  \n".join(part for part in parts if part)
    return (
        f"**{plain(rule.title)}**{off}  \n**{_names(rule.channels, channels)}** is told of {said}"
    )


def _what(rule: NoticeRule, kiosks: Mapping[str, str]) -> str:
    kinds = _either([plain(words_of(kind)) for kind in sorted(rule.kinds)])
    groups = "" if rule.groups.every else f", of {plain(rule.groups.words())}"
    named = _either([plain(kiosks.get(name, name)) for name in sorted(rule.kiosks)])
    return f"{kinds}{groups}{f', at {named}' if named else ''}."


def _next(rule: NoticeRule, channels: Mapping[str, str]) -> str:
    """Who is told as long as nobody acknowledges."""
    said, begin = [], "If nobody acknowledges within"
    for step in rule.steps:
        said.append(f"{begin} {step.after} min: **{_names(step.channels, channels)}**")
        begin = "after"
    return f"{'; '.join(said)}." if said else ""


def _when(rule: NoticeRule) -> Iterable[str]:
    if rule.timed:
        yield f"Only of what happens from {rule.only_from:%H:%M} to {rule.only_until:%H:%M}."
    if rule.quiet_from != rule.quiet_until:
        yield f"Messages wait from {rule.quiet_from:%H:%M} to {rule.quiet_until:%H:%M}."
    if rule.digest:
        yield f"All of {rule.digest} min go out as one message."
    if rule.cooldown:
        yield f"The same is not told again within {rule.cooldown} min."


def _how(rule: NoticeRule) -> Iterable[str]:
    if rule.language:
        yield f"In {plain(language_of(rule.language).own_name)}."
    if rule.wordings:
        yield f"In words of its own: {_either([plain(words_of(w.kind)) for w in rule.wordings])}."


def _names(ids: Iterable[str], channels: Mapping[str, str]) -> str:
    return _either([plain(channels.get(one, "(removed)")) for one in sorted(ids)], "and")


def _either(words: list[str], last: str = "or") -> str:
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)

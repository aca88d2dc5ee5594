"""A rule as one reads it out."""

from collections.abc import Iterable, Mapping

from face_rec.languages.language import language_of
from face_rec.notices.channel import NoticeRule
from face_rec.notices.notice import words_of
from pages.ui.shared.text import plain
from pages.ui.shared.words import formats, said


def sentence(rule: NoticeRule, channels: Mapping[str, str], kiosks: Mapping[str, str]) -> str:
    """As Markdown. ``channels`` and ``kiosks``: what each is called."""
    off = "" if rule.active else f" · :orange[{said('not in force')}]"
    told = said(
        "**{channels}** is told of {events}.",
        channels=_names(rule.channels, channels),
        events=_what(rule, kiosks),
    )
    parts = [told, _next(rule, channels), *_when(rule), *_how(rule)]
    lines = "  \n".join(part for part in parts if part)
    return f"**{plain(rule.title)}**{off}  \n{lines}"


def _what(rule: NoticeRule, kiosks: Mapping[str, str]) -> str:
    kinds = _either([plain(said(words_of(kind))) for kind in sorted(rule.kinds)])
    named = _either([plain(kiosks.get(name, name)) for name in sorted(rule.kiosks)])
    if not rule.groups.every:
        groups = sorted(name or said("(none)") for name in rule.groups.named)
        listed = plain(", ".join(groups) or said("no group"))
        kinds = said("{events}, of {groups}", events=kinds, groups=listed)
    return said("{events}, at {kiosks}", events=kinds, kiosks=named) if named else kinds


def _next(rule: NoticeRule, channels: Mapping[str, str]) -> str:
    """Who is told as long as nobody acknowledges."""
    parts: list[str] = []
    for step in rule.steps:
        told = _names(step.channels, channels)
        if parts:
            parts.append(
                said("after {number} min: **{channels}**", number=step.after, channels=told)
            )
        else:
            parts.append(
                said(
                    "If nobody acknowledges within {number} min: **{channels}**",
                    number=step.after,
                    channels=told,
                )
            )
    return f"{'; '.join(parts)}." if parts else ""


def _when(rule: NoticeRule) -> Iterable[str]:
    clock = formats().time
    if rule.timed:
        start, end = clock(rule.only_from), clock(rule.only_until)
        yield said("Only of what happens from {start} to {end}.", start=start, end=end)
    if rule.quiet_from != rule.quiet_until:
        start, end = clock(rule.quiet_from), clock(rule.quiet_until)
        yield said("Messages wait from {start} to {end}.", start=start, end=end)
    if rule.digest:
        yield said("All of {number} min go out as one message.", number=rule.digest)
    if rule.cooldown:
        yield said("The same is not told again within {number} min.", number=rule.cooldown)


def _how(rule: NoticeRule) -> Iterable[str]:
    if rule.language:
        yield said("In {language}.", language=plain(language_of(rule.language).own_name))
    if rule.wordings:
        kinds = _either([plain(said(words_of(one.kind))) for one in rule.wordings])
        yield said("In words of its own: {events}.", events=kinds)


def _names(ids: Iterable[str], channels: Mapping[str, str]) -> str:
    named = [plain(channels.get(one) or said("(removed)")) for one in sorted(ids)]
    if not named[1:]:
        return "".join(named)
    return said("{one} and {other}", one=", ".join(named[:-1]), other=named[-1])


def _either(words: list[str]) -> str:
    if not words[1:]:
        return "".join(words)
    return said("{one} or {other}", one=", ".join(words[:-1]), other=words[-1])

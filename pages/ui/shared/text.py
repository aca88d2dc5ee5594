"""Texts that users typed, made harmless for the places that interpret markup.

Where a widget takes plain text (``st.text``, table cells), use that. Where Streamlit would read
Markdown, use :func:`plain`; in HTML of our own, use :func:`html`.
"""

import html as html_rules
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping

from face_rec.domain.free_text import without_turns

WORD_JOINER = "\u2060"
"""Invisible, and breaks up what is recognised only after backslashes are resolved: icon names,
emoji names, links and arrows."""

_MARKUP = re.compile(r"[\\`*_\[\]{}#|$&]|^[-+]")
_JOINED_AFTER = re.compile(r"[<@~]|:(?=[A-Za-z/+_-]|\d+:)")
_JOINED_BEFORE = re.compile(r">|(?<=-)-|(?<=www)\.")
_LIST_NUMBER = re.compile(r"^(\d+)([.)])")
_LINE_BREAKS = re.compile(r"\s*[\r\n\v\f\x85\u2028\u2029]+\s*")


def plain(text: str) -> str:
    """``text`` as Markdown that shows exactly ``text``, on one line."""
    line = _LINE_BREAKS.sub(" ", without_turns(text)).strip()
    line = _MARKUP.sub(r"\\\g<0>", line)
    line = _JOINED_AFTER.sub(rf"\\\g<0>{WORD_JOINER}", line)
    line = _JOINED_BEFORE.sub(rf"{WORD_JOINER}\\\g<0>", line)
    return _LIST_NUMBER.sub(r"\1\\\2", line)


def html(text: str) -> str:
    """``text`` for the inside of an HTML element or a quoted attribute."""
    return html_rules.escape(without_turns(text), quote=True)


def isolated(shown: str) -> str:
    """What :func:`plain` or :func:`html` made of somebody's words, so that their direction, left
    or right, ends with them (Unicode's FSI and PDI)."""
    return f"\u2068{shown}\u2069"


def initials(name: str) -> str:
    """Up to two letters that stand for ``name`` where there is no photo."""
    letters = [
        next((c for c in word if unicodedata.category(c)[0] in "LN"), "") for word in name.split()
    ]
    found = [letter.upper() for letter in letters if letter]
    return "".join(found[:1] + found[1:][-1:]) or "?"


def search_key(text: str) -> str:
    """``text`` as it is compared in searches: no case, accents or width."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in folded if not unicodedata.combining(c))


def at_colon(text: str) -> tuple[str, str]:
    """What stands before and after the first colon, which a French one has a space before and a
    Chinese one is as wide as a letter."""
    head, *rest = re.split(r"\s*[:：]\s*", text, maxsplit=1)
    return head, "".join(rest)


def told_apart(names: Mapping[str, str], more: Callable[[str], str]) -> dict[str, str]:
    """``names`` for a list of choices, by their keys; who shares one has ``more`` behind it, and
    a number where that is not enough. What is chosen comes back from the browser by its text, and
    of two of one name always the same one would be taken."""
    shared, found, taken = Counter(names.values()), dict[str, str](), set[str]()
    for key, name in names.items():
        beside = more(key) if shared[name] > 1 else ""
        label = said = f"{name} ({beside})" if beside else name
        number = 2
        while label in taken:
            label, number = f"{said} {number}", number + 1
        taken.add(label)
        found[key] = label
    return found

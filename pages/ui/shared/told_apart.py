"""Names in a list of choices, of which no two may be the same: what is chosen comes back from the
browser by its text, and of two of one name always the same one would be taken."""

from collections import Counter
from collections.abc import Callable, Mapping


def told_apart(names: Mapping[str, str], more: Callable[[str], str]) -> dict[str, str]:
    """By their keys; who shares a name has ``more`` behind it, and a number where that is not
    enough."""
    shared, found = Counter(names.values()), dict[str, str]()
    for key, name in names.items():
        beside = more(key) if shared[name] > 1 else ""
        said = f"{name} ({beside})" if beside else name
        taken, number = set(found.values()), 2
        label = said
        while label in taken:
            label, number = f"{said} {number}", number + 1
        found[key] = label
    return found

"""What is not quite what was written: strategies that damage a good sample, or invent one."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

import hypothesis
from hypothesis import strategies as st

from tests.states import CASES

_NASTY: Final[Sequence[bytes]] = (
    b"", b"\x00", b"\xff\xfe", b"\n", b"\r\n", b'"', b"\\", b"{", b"}", b"[" * 3000, b"]", b"null",
    b"NaN", b"1e999", b"-1", b"0", b"99999999999999999999", b"true", b"\\ud800", b"..", b"/etc",
    b"0001-01-01T00:00:00+23:59", b"9999-12-31T23:59:59-23:59", b"20250230", "٣".encode(), b"\x1a",
)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn, samples: Sequence[bytes]) -> bytes:
    """One of ``samples`` with up to four pieces changed, doubled, taken out or put in."""
    found = draw(st.sampled_from(samples))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(found)))
        end = draw(st.integers(start, min(start + 40, len(found))))
        piece = draw(
            st.one_of(
                st.sampled_from(_NASTY), st.binary(max_size=8), st.just(found[start:end] * 2)
            )
        )
        found = found[:start] + piece + found[end:]
    return found


def given(
    *cases: st.SearchStrategy[Any],
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A test of every change takes the same cases each time, that of the night others."""
    return lambda test: CASES(hypothesis.given(*cases)(test))


def files(*samples: bytes) -> st.SearchStrategy[bytes]:
    """Damaged samples most of the time, and anything at all."""
    return st.one_of(damaged(samples), damaged(samples), st.binary(max_size=200))


_LEAVES: Final = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.sampled_from(["", "2025-03-10T08:00:00+00:00", "2025-03-10", "08:00", "\ud800", "-1"]),
)  # fmt: skip


@st.composite
def documents(draw: st.DrawFn, samples: Sequence[dict[str, Any]]) -> bytes:
    """JSON like one of ``samples``, in which some values are others, gone, or of another kind."""
    found = json.loads(json.dumps(draw(st.sampled_from(samples))))
    for _ in range(draw(st.integers(1, 3))):
        _change(draw, found)
    return json.dumps(found).encode()


def _change(draw: st.DrawFn, found: Any) -> None:  # noqa: ANN401
    while found:
        place = draw(st.sampled_from(sorted(found) if isinstance(found, dict) else [0]))
        inner = found[place]
        if isinstance(inner, dict | list) and inner and draw(st.booleans()):
            found = inner
            continue
        if draw(st.integers(0, 4)):
            found[place] = draw(st.one_of(_LEAVES, st.lists(_LEAVES, max_size=2)))
        else:
            del found[place]
        return

"""What a process remembers of tabs, files, pages and marks: never more than it may, the newest
of it."""

import pytest

from face_rec.access.control import tabs
from face_rec.access.principal import THIS_COMPUTER
from face_rec.domain.errors import RequestRefused
from face_rec.journey.marking import mark
from face_rec.journey.marking.mark import RecentMarks
from face_rec.stores.chain import links
from face_rec.stores.chain.links import Head
from face_rec.web.frames import exchange
from face_rec.web.frames.exchange import Numbers, Sender
from tests.samples import an_event


def test_the_tab_seen_longest_ago_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabs, "_MOST", 2)
    known = tabs.Tabs()
    for tab in ("first", "second", "first", "third"):
        assert known.claim(tab, THIS_COMPUTER)
    assert [known.owned(t, THIS_COMPUTER) for t in ("first", "second", "third")] == [
        True,
        False,
        True,
    ]


def test_the_file_sent_longest_ago_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabs, "_MOST", 2)
    files = tabs.SentFiles()
    for file in ("first", "second", "first", "third"):
        files.note(file, THIS_COMPUTER)
    assert [files.sent(f, THIS_COMPUTER) for f in ("first", "second", "third")] == [
        True,
        False,
        True,
    ]


def test_the_page_that_sent_longest_ago_starts_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "_SCREENS", 2)
    numbers = Numbers()
    pages = [Sender("main", screen, "somebody") for screen in ("first", "second", "third")]
    first, second = numbers.start(pages[0]), numbers.start(pages[1])
    following = numbers.spend(pages[0], first[0])
    numbers.start(pages[2])
    assert numbers.spend(pages[0], first[1])
    assert numbers.spend(pages[0], following)
    with pytest.raises(RequestRefused):
        numbers.spend(pages[1], second[0])


def test_the_mark_made_longest_ago_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mark, "_REMEMBERED", 2)
    recent = RecentMarks(lambda: 60.0)
    for subject in ("first", "second", "first", "third"):
        recent.remember(an_event(subject, subject))
    standing = [
        recent.standing(an_event(subject, subject, seconds=5)) is not None
        for subject in ("first", "second", "third")
    ]
    assert standing == [True, False, True]


def test_the_head_used_longest_ago_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "_DAYS_KEPT", 2)
    heads = links.DayHeads()
    for number, stream in enumerate(("first", "second", "first", "third")):
        heads.learn(stream, Head(number + 1), written=False)
    assert [heads.get(one).length for one in ("first", "second", "third")] == [3, 0, 4]

"""A registration that was begun: whose it is, and how long it waits."""

from pages.ui.people.enrolment_draft import Draft, LeftDrafts


class Sessions:
    def __init__(self) -> None:
        self.open = {"tab 1", "tab 2"}
        self.now = 0.0
        self.left = LeftDrafts(lambda session: session in self.open, lambda: self.now)


def test_a_draft_whose_tab_is_gone_is_found_again_by_its_owner_alone() -> None:
    sessions, draft = Sessions(), Draft("a")
    sessions.left.note("user:ada", "tab 1", draft)
    sessions.open.remove("tab 1")
    assert sessions.left.taken_up("user:max", "tab 2") is None
    assert sessions.left.taken_up("user:ada", "tab 2") is draft


def test_two_open_tabs_of_one_account_have_drafts_of_their_own() -> None:
    sessions = Sessions()
    sessions.left.note("user:ada", "tab 1", Draft("a"))
    assert sessions.left.taken_up("user:ada", "tab 2") is None


def test_after_ten_minutes_nothing_is_kept() -> None:
    sessions = Sessions()
    sessions.left.note("user:ada", "tab 1", Draft("a"))
    sessions.open.clear()
    sessions.now = 601.0
    assert sessions.left.taken_up("user:ada", "tab 2") is None


def test_a_draft_that_was_thrown_away_does_not_come_back() -> None:
    sessions, draft = Sessions(), Draft("a")
    sessions.left.note("user:ada", "tab 1", draft)
    sessions.left.forget(draft)
    sessions.open.clear()
    assert sessions.left.taken_up("user:ada", "tab 2") is None

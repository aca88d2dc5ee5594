"""A roster from the office's side and two people's: its cells set by keyboard, copied into the
week after it, a shift swapped on two phones and let through, and where it stands then."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as TooLate

from tests.browser.access.test_own_page import PHONE, PIN, come_in
from tests.browser.support.chromium import Browsers
from tests.browser.support.page_state import press, rest
from tests.browser.support.sign_in import GuardedServer, enter, new_account

pytestmark = [pytest.mark.browser, pytest.mark.nightly]

_TRIES, WEEK = 10, timedelta(days=7)
_SET_UP = """
from datetime import UTC, datetime, time, timedelta
from face_rec.assembly.storage.chain import open_streams
from face_rec.assembly.storage.live_options import open_options
from face_rec.attendance.rules.authority import Authority
from face_rec.attendance.rules.shift import Shift
from face_rec.clock import SystemClock
from face_rec.domain.people import Consent, Person
settings, now = config.load(), datetime.now(UTC)
with assembly.build_redis(settings) as client:
    options = open_options(settings, open_streams(settings, client, SystemClock()))
    options.decide("own_page", "pin,link")
    options.decide("swaps", "ask")
with assembly.build_attendance_stores(settings) as (service, stores):
    consent = Consent("I agree.", "1", now - timedelta(days=40))
    for id, subject, name in {people!r}:
        made = Person(subject, id, name, {group!r}, consent=consent)
        person = stores.people.create(made, (), stores.people.revision())
        access.pins.set(person, {pin!r})
    service.rules.save(
        Shift("early", "Early", time(6), time(14)), Shift("late", "Late", time(14), time(22)),
        authority=Authority(company=True),
    )
"""


def test_a_roster_is_set_by_keyboard_copied_and_a_shift_of_it_swapped(
    guarded: GuardedServer, browse: Browsers
) -> None:
    group, ada, ben = guarded.fresh("Ward "), guarded.fresh("A"), guarded.fresh("B")
    people = [(one, one.encode().hex().rjust(24, "0")[-24:], f"{word} {one}")
              for one, word in ((ada, "Ada"), (ben, "Ben"))]  # fmt: skip
    guarded.beside.run(_SET_UP.format(people=people, group=group, pin=PIN))
    today = datetime.now(UTC).date()
    week = today - timedelta(days=today.weekday()) + WEEK
    after = week + WEEK
    office = browse.page()
    enter(office, guarded, new_account(guarded, "hr", "HR", f"only({group!r})"))
    _open(office, guarded, week)
    _set(office, row=0, day=0, word="Early", value="early")
    _set(office, row=1, day=0, word="Day off", value="off")
    rest(office)
    office.get_by_role("button", name="Save, and copy it into these").focus()
    office.keyboard.press("Enter")
    expect(office.get_by_text("Saved.")).to_be_visible()
    _open(office, guarded, after)
    expect(_cell(office, 0, 0)).to_have_text("early")
    expect(_cell(office, 1, 0)).to_have_text("off")
    phone, other = browse.page(size=PHONE), browse.page(size=PHONE)
    come_in(phone, guarded.url, ada)
    _ask(phone, after, f"Ben {ben}")
    come_in(other, guarded.url, ben)
    offer = other.locator("[class*=st-key-own_offer_]")
    expect(offer).to_contain_text(f"Ada {ada} asks you to take the shift of {_words(after)}")
    press(offer.get_by_role("button", name="Agree"))
    expect(other.get_by_text("Your answer is sent.")).to_be_visible()
    manager = browse.page()
    enter(manager, guarded, new_account(guarded, "boss", "MANAGER", f"only({group!r})"))
    manager.goto(f"{guarded.url}/records?view=Requests")
    asked = manager.locator("[class*=st-key-request_]").filter(has_text=f"({ada})").first
    expect(asked).to_contain_text(f"Ben {ben} takes the shift of")
    press(asked.get_by_role("button", name="Approve"))
    expect(manager.get_by_text("Approved: the roster is changed.")).to_be_visible()
    _open(office, guarded, after)
    expect(_cell(office, 0, 0)).to_have_text("off")
    expect(_cell(office, 1, 0)).to_have_text("early")
    expect(_own_day(other, week, after)).to_contain_text("06:00 – 14:00")
    expect(_own_day(phone, week, after)).to_have_text("Day off")


def _open(page: Page, server: GuardedServer, day: date) -> None:
    """The roster of the week that begins with ``day``, which is typed."""
    page.goto(f"{server.url}/settings")
    press(page.get_by_role("radio", name="Roster"))
    field = page.locator(".st-key-roster_day").get_by_role("spinbutton").first
    expect(field).to_be_visible()
    rest(page)
    field.focus()
    page.keyboard.type(f"{day:%Y%m%d}")
    page.get_by_role("combobox", name="Group").focus()  # leaving the field is what sends it
    heading = page.get_by_text(re.compile(rf"^{day.day} {day:%b} {day.year} to"))
    expect(heading).to_be_visible()
    column = page.locator("canvas th").filter(has_text=re.compile(rf"^Mon {day.day}$"))
    expect(column).to_have_count(1)  # not seen, but told to a screen reader
    rest(page)


def _cell(page: Page, row: int, day: int) -> Locator:
    """What stands beside the canvas for a screen reader; the first column is the name."""
    return page.get_by_test_id(f"glide-cell-{day + 1}-{row}")


def _set(page: Page, *, row: int, day: int, word: str, value: str) -> None:
    """By keyboard alone: into the table, to the cell, open its list, type, choose."""
    rest(page)
    page.get_by_test_id("data-grid-canvas").first.focus()
    for key, times in (("ArrowUp", 9), ("ArrowLeft", 9), ("ArrowDown", row),
                       ("ArrowRight", day + 1)):  # fmt: skip
        for _ in range(times):
            page.keyboard.press(key)
    expect(_cell(page, row, day)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    field = page.locator("input[role=combobox][id^=react-select]")
    expect(field).to_be_focused()
    page.keyboard.type(word)
    expect(field).to_have_value(word)
    page.keyboard.press("Enter")
    expect(_cell(page, row, day)).to_have_text(value)


def _words(day: date) -> str:
    """As the page says it in English."""
    return f"{day:%A}, {day.day} {day:%B} {day.year}"


def _ask(phone: Page, day: date, colleague: str) -> None:
    card = phone.locator(".st-key-own_swap_card")
    press(card.locator("summary"))
    _pick(card.get_by_label("My shift"), _words(day))
    _pick(card.get_by_label("Colleague"), colleague)
    press(card.get_by_role("button", name="Send"))
    expect(phone.get_by_text("Sent to your colleague.")).to_be_visible()


def _pick(field: Locator, words: str) -> None:
    """Of a long list, which shows what fits: by its first words. A list that a run closes is
    opened again."""
    wanted = field.page.get_by_role("option", name=words)
    for _ in range(_TRIES):
        press(field)
        field.page.keyboard.type(words)
        try:
            wanted.click(timeout=3_000)
        except TooLate:
            continue
        return
    raise AssertionError(f"no list that holds {words!r} stayed open")


def _own_day(phone: Page, week: date, day: date) -> Locator:
    """What the person's own page says of ``day``, which lies in the week after ``week``, the next
    one."""
    card = phone.locator(".st-key-own_week_card")
    for shown in (week, day):
        press(card.get_by_role("button", name="Later"))
        expect(card.locator(".fr-mark").filter(has_text=_words(shown))).to_be_visible()
    return card.locator(".fr-mark").filter(has_text=_words(day)).locator("small")

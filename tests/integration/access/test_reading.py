"""In which language the pages around the sign-in speak: the account's, the browser's, the
site's."""

import pytest

from face_rec.access.rights import Role
from face_rec.languages.translator import Translators
from face_rec.stores.redis.client import Client
from tests.fakes.clock import FakeClock
from tests.gate_app import GateApp, access_on, submit

TRANSLATORS = Translators()
FRENCH = {"accept-language": "fr-CA, en;q=0.5"}


@pytest.fixture
def gate(redis_client: Client) -> GateApp:
    clock = FakeClock()
    access = access_on(redis_client, clock)
    gate = GateApp(access, clock, words=lambda code: TRANSLATORS.of(code or "it"))
    gate.add("ada", Role.REGISTRAR)
    return gate


def test_who_is_not_signed_in_is_spoken_to_as_their_browser_says_and_else_as_the_site_does(
    gate: GateApp,
) -> None:
    browser = gate.browser()
    said = browser.get("/login", headers=FRENCH)
    assert '<html lang="fr" dir="ltr">' in said.text
    assert "de passe<" in said.text
    assert '<html lang="it" dir="ltr">' in browser.get("/login").text
    browser.headers.update(FRENCH)
    refused = submit(browser, "/login", {"name": "ada", "password": "no"})
    assert refused.status_code == 401
    assert "Vérifiez les deux et réessayez." in refused.text


def test_a_language_that_is_chosen_holds_in_every_tab_and_after_the_next_sign_in(
    gate: GateApp,
) -> None:
    browser, other = gate.signed_in("ada"), gate.signed_in("ada")
    chosen = {"do": "reading", "language": "ar", "hours": "decimal"}
    assert submit(browser, "/account", chosen).status_code == 303
    said = other.get("/account", headers=FRENCH).text
    assert '<html lang="ar" dir="rtl">' in said
    assert '<option value="ar" lang="ar" selected>العربية</option>' in said
    assert "دخلت باسم \u2068<b>ada</b>\u2069." in said
    who = gate.access.authenticator.account("ada")
    assert who is not None
    assert (who.language, who.decimal_hours) == ("ar", True)
    assert (
        "لا يمكنك فتح هذه الصفحة" in other.get("/accounts", headers={"accept": "text/html"}).text
    )
    back = {"do": "reading", "language": "", "hours": "clock"}
    submit(other, "/account", back)
    assert '<html lang="fr" dir="ltr">' in browser.get("/account", headers=FRENCH).text


def test_a_language_that_there_is_not_is_refused_and_markup_in_a_name_is_not_drawn(
    gate: GateApp,
) -> None:
    browser = gate.signed_in("ada")
    odd = {"do": "reading", "language": "xx<b>", "hours": "clock"}
    answer = submit(browser, "/account", odd)
    assert answer.status_code == 400
    assert "Scelga una delle lingue" in answer.text
    assert "xx<b>" not in answer.text

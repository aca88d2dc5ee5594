"""Who asks for what: read off the cookie or token of a request, and again while a connection is
open."""

import time
from contextlib import suppress
from typing import Final

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.types import Message, Receive

from face_rec.access.audit import actor
from face_rec.access.audit.actor import Actor
from face_rec.access.control.access_control import Access
from face_rec.access.control.cookie_names import PROOF, SESSION
from face_rec.access.principal import Principal, PrincipalKind
from face_rec.domain.errors import StoreError
from face_rec.web.base import cookies
from face_rec.web.gate.route_rules import (
    SAFE,
    Own,
    Rule,
    Way,
    below,
    rule_for,
)
from face_rec.web.gate.verdict import Asked, Verdict, verdict

PRINCIPAL: Final = "principal"
"""Where routes find who asks: ``request.state.principal``; None: nobody known."""


def actor_of(request: HTTPConnection) -> Actor:
    """Who asks, for the audit log."""
    principal: Principal | None = getattr(request.state, PRINCIPAL, None)
    if principal is None:
        return Actor("nobody", "visitor", address_of(request))
    return Actor(principal.name, principal.kind.value, address_of(request), principal.proved_at)


def asked_by(access: Access, request: HTTPConnection, rule: Rule | None) -> Asked:
    """Who asks for what. May ask the database."""
    return _about(access, request, rule, _principal(access, request, rule))


def _about(
    access: Access, request: HTTPConnection, rule: Rule | None, who: Principal | None
) -> Asked:
    kiosk = request.query_params.get("kiosk", "")
    timed = who is not None and rule is not None and rule.own is Own.KIOSK
    open_now = access.open_now(kiosk) if timed else True
    named = request.query_params.get("capture", "")
    return Asked(
        who, below(path_of(request)), kiosk, open_now, access.tabs, access.files, named,
        access.captures,
    )  # fmt: skip


def still_stands(access: Access, request: HTTPConnection, was: Principal) -> bool:
    """Whether an open connection, or a request that has taken its time to come, is still the same
    somebody's, with the same rights, groups and sign-in, and what it is about still theirs at this
    hour. Where not, the browser comes back by itself and gets a new tab. While the database is
    away, who was in stays in.

    An open page is use, but not one of somebody's own attendance: it may lie on any table."""
    now: Principal | None = was
    rule, fine = rule_for(path_of(request), request.scope.get("method", "GET")), True
    with suppress(StoreError):
        now = _principal(access, request, rule, used=was.kind is not PrincipalKind.PERSON)
    with suppress(StoreError):
        fine = verdict(rule, _about(access, request, rule, was)) is Verdict.FINE
    return now == was and fine


_MOMENT: Final = 1.0
"""Seconds within which a request usually has come."""
_LOST: Final = "Meanwhile this sign-in has ended, or what it may do has changed. Begin anew."


def arriving(receive: Receive, access: Access | None, request: Request) -> Receive:
    """Receives for a request that the gate has let in. A body may take minutes to come: whether
    who sends it still may is asked again when all of it is there, and HTTPException 401 raised
    where not, before anything is taken."""
    was: Principal | None = request.state.principal
    if was is None or access is None or request.method in SAFE:
        return receive
    slow_from = time.monotonic() + _MOMENT

    async def receiving() -> Message:
        message = await receive()
        whole = message["type"] == "http.request" and not message.get("more_body", False)
        slow = whole and time.monotonic() >= slow_from
        if slow and not await to_thread.run_sync(still_stands, access, request, was):
            raise HTTPException(401, _LOST)
        return message

    return receiving


def _principal(
    access: Access, request: HTTPConnection, rule: Rule | None, *, used: bool = True
) -> Principal | None:
    """Who shows the cookie or token that the rule asks for."""
    if rule is None:
        return _of_cookies(access, request, used)
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if rule.way in {Way.BEARER, Way.EITHER} and scheme.lower() == "bearer":
        with actor.acting(Actor("a token", "token", address_of(request))):
            return access.authenticator.token(bearer.strip())
    if rule.way is Way.BEARER:
        return None
    return _of_cookies(access, request, used and rule.way is not Way.OPEN)


def _of_cookies(access: Access, request: HTTPConnection, used: bool) -> Principal | None:
    shown = {name: cookies.read(request, name) for name in (SESSION, PROOF)}
    return access.of_cookies(shown, used, address_of(request))


def path_of(request: HTTPConnection) -> str:
    """The path by which the router chooses."""
    return str(request.scope["path"])


def address_of(request: HTTPConnection) -> str:
    return request.client.host if request.client else ""

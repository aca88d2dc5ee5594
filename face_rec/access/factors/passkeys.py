"""Passkeys (WebAuthn level 3), by the library ``webauthn``: made, and shown.

The library does the protocol: client data, origin, relying party, user presence and
verification, signature, counter. Here stands what is ours: which challenge was whose, used
once, and whose key it is. A passkey counts as both factors, since the device asks for finger,
face or PIN (user verification is required).
"""

import json
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from face_rec.access.factors.ceremony import SECONDS, Ceremonies, Ceremony, Purpose
from face_rec.access.factors.factor_store import FactorStore
from face_rec.access.factors.factors import Factors, Passkey
from face_rec.clock import Clock
from face_rec.domain.errors import FactorRefused
from face_rec.languages.language import msgid

if TYPE_CHECKING:
    from webauthn.helpers.cose import COSEAlgorithmIdentifier
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

log = logging.getLogger(__name__)

T = TypeVar("T")

LONGEST_NAME: Final = 40
_HANDLE_BYTES: Final = 32
_CHALLENGE_BYTES: Final = 32
_TIMEOUT: Final = round(SECONDS * 1000)
_OVER: Final = msgid("This took too long, or was answered before. Try again.")
_REFUSED: Final = msgid(
    "This passkey does not open anything here. Try again, use another way, or ask an "
    "administrator."
)


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """This app as a browser sees it. ``host``: its name without port; ``origin``: with scheme
    and port; ``site``: its title."""

    host: str
    origin: str
    site: str


class Passkeys:
    """Safe to call from any thread and from many processes."""

    def __init__(self, store: FactorStore, ceremonies: Ceremonies, clock: Clock) -> None:
        self._store = store
        self._ceremonies = ceremonies
        self._clock = clock

    # --- making one

    def ask_new(self, browser: str, account: str, party: RelyingParty) -> str:
        """What ``navigator.credentials.create`` is called with, as JSON."""
        import webauthn
        from webauthn.helpers.structs import (
            AuthenticatorSelectionCriteria,
            ResidentKeyRequirement,
            UserVerificationRequirement,
        )

        handle = self._store.handle_of(account, secrets.token_hex(_HANDLE_BYTES))
        challenge = self._challenge(browser, Purpose.NEW_PASSKEY, account)
        options = webauthn.generate_registration_options(
            rp_id=party.host, rp_name=party.site, user_name=account, user_display_name=account,
            user_id=bytes.fromhex(handle), challenge=challenge, timeout=_TIMEOUT,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=self._known(account, party.host),
            supported_pub_key_algs=_algorithms(),
        )  # fmt: skip
        return webauthn.options_to_json(options)

    def add(
        self,
        browser: str,
        account: str,
        party: RelyingParty,
        credential: str,
        name: str,
        *,
        first: bool,
    ) -> Passkey:
        """Keep the passkey that the browser made; with ``first`` only for an account without
        any factor. Raises FactorRefused."""
        import webauthn

        challenge = self._taken(browser, Purpose.NEW_PASSKEY, account)
        made = _checked(
            lambda: webauthn.verify_registration_response(
                credential=credential, expected_challenge=challenge, expected_rp_id=party.host,
                expected_origin=party.origin, require_user_verification=True,
                supported_pub_key_algs=_algorithms(),
            )
        )  # fmt: skip
        passkey = Passkey(
            id=_text(made.credential_id),
            public_key=_text(made.credential_public_key),
            sign_count=made.sign_count, host=party.host, name=_name(name),
            created_at=self._clock.now(),
        )  # fmt: skip

        def with_passkey(factors: Factors) -> Factors:
            factors.check_first(first)
            return factors.with_passkey(passkey)

        self._store.change(account, with_passkey)
        return passkey

    # --- showing one

    def ask(self, browser: str, account: str, party: RelyingParty) -> str:
        """What ``navigator.credentials.get`` is called with, as JSON. ``account`` empty: the
        passkey itself will tell whose it is."""
        import webauthn
        from webauthn.helpers.structs import UserVerificationRequirement

        challenge = self._challenge(browser, Purpose.USE_PASSKEY, account)
        options = webauthn.generate_authentication_options(
            rp_id=party.host, challenge=challenge, timeout=_TIMEOUT,
            allow_credentials=self._known(account, party.host) if account else None,
            user_verification=UserVerificationRequirement.REQUIRED,
        )  # fmt: skip
        return webauthn.options_to_json(options)

    def show(self, browser: str, account: str, party: RelyingParty, credential: str) -> str:
        """Whose passkey answered; that of ``account``, if one is named. Raises FactorRefused."""
        challenge = self._taken(browser, Purpose.USE_PASSKEY, account)
        shown = _checked(lambda: _read(credential))
        owner = account or self._store.account_of(shown.handle) or ""
        passkey = self._store.of(owner).passkey(shown.id) if owner else None
        if passkey is None or passkey.host != party.host or not self._theirs(owner, shown.handle):
            raise FactorRefused(_REFUSED)

        def used(factors: Factors) -> Factors:
            return self._counted(factors, passkey.id, party, challenge, credential)

        try:
            self._store.change(owner, used)
        except FactorRefused as error:
            raise FactorRefused(error.said, owner) from error
        return owner

    def _counted(
        self, factors: Factors, key_id: str, party: RelyingParty, challenge: bytes, credential: str
    ) -> Factors:
        """``factors`` with the counter that the authenticator has signed."""
        import webauthn

        key = factors.passkey(key_id)
        if key is None:  # removed in this very moment
            raise FactorRefused(_REFUSED)
        verified = _checked(
            lambda: webauthn.verify_authentication_response(
                credential=credential, expected_challenge=challenge, expected_rp_id=party.host,
                expected_origin=party.origin, require_user_verification=True,
                credential_public_key=_bytes(key.public_key),
                credential_current_sign_count=key.sign_count,
            )
        )  # fmt: skip
        now = self._clock.now()
        newer = replace(key, sign_count=verified.new_sign_count, used_at=now)
        return replace(
            factors, passkeys=tuple(newer if k.id == key_id else k for k in factors.passkeys)
        )

    def _theirs(self, owner: str, handle: str) -> bool:
        """An authenticator may leave the handle out where the account is known already."""
        return not handle or handle == self._store.of(owner).handle

    def _challenge(self, browser: str, purpose: Purpose, account: str) -> bytes:
        challenge = secrets.token_bytes(_CHALLENGE_BYTES)
        text = _text(challenge)
        self._ceremonies.ask(browser, Ceremony(purpose, account, text))
        return challenge

    def _taken(self, browser: str, purpose: Purpose, account: str) -> bytes:
        found = self._ceremonies.answered(browser, purpose, account)
        if found is None:
            raise FactorRefused(_OVER)
        return _bytes(found.secret)

    def _known(self, account: str, host: str) -> "list[PublicKeyCredentialDescriptor]":
        from webauthn.helpers.structs import PublicKeyCredentialDescriptor

        return [
            PublicKeyCredentialDescriptor(id=_bytes(key.id))
            for key in self._store.of(account).passkeys
            if key.host == host
        ]


@dataclass(frozen=True, slots=True)
class _Shown:
    """What an answer says of itself before anything is verified; handle in hex."""

    id: str
    handle: str


def _read(credential: str) -> _Shown:
    said: dict[str, Any] = json.loads(credential)
    handle = said["response"].get("userHandle") or ""
    return _Shown(str(said["id"]), _bytes(str(handle)).hex())


def _checked(work: Callable[[], T]) -> T:
    """The answer is a stranger's bytes: whatever is wrong with them is the same refusal."""
    try:
        return work()
    except FactorRefused:
        raise
    except Exception as error:
        log.info("passkey_refused reason=%s", type(error).__name__)
        raise FactorRefused(_REFUSED) from error


def _algorithms() -> "list[COSEAlgorithmIdentifier]":
    """Of signatures that are taken."""
    from webauthn.helpers.cose import COSEAlgorithmIdentifier

    return [
        COSEAlgorithmIdentifier.ECDSA_SHA_256,
        COSEAlgorithmIdentifier.EDDSA,
        COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
    ]


def _bytes(text: str) -> bytes:
    """What ``text`` (base64url) stands for."""
    from webauthn.helpers import base64url_to_bytes

    return base64url_to_bytes(text)


def _text(data: bytes) -> str:
    """``data`` as base64url."""
    from webauthn.helpers import bytes_to_base64url

    return bytes_to_base64url(data)


def _name(typed: str) -> str:
    return " ".join(typed.split())[:LONGEST_NAME] or "Passkey"

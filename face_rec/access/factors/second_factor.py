"""The second factor of accounts: who needs one, how it is set up, shown, taken away and reset."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeVar

from face_rec.access.accounts.account import Account
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.factors.app_codes import AppCodes
from face_rec.access.factors.factor_store import FactorStore
from face_rec.access.factors.factors import Factors, digest_of, new_codes
from face_rec.access.factors.passkeys import LONGEST_NAME, Passkeys, RelyingParty
from face_rec.access.factors.step_up import StepUp
from face_rec.access.limits.throttle import Limit, Throttle
from face_rec.access.rights import Act, Role
from face_rec.domain.errors import FactorRefused
from face_rec.languages.language import msgid

T = TypeVar("T")

BY_CODE: Final = Limit("app-code", 10, 900)
BY_BROWSER: Final = Limit("factor", 10, 900)
BY_STRANGER: Final = Limit("passkey", 300, 900, networks=True)
_LOCKED: Final = msgid(
    "Too many wrong codes. Wait 15 minutes, or use a passkey or a recovery code."
)
_TOO_OFTEN: Final = msgid("Too many tries. Wait 15 minutes, then sign in again.")
_NO_SUCH_CODE: Final = msgid(
    "This recovery code is not right, or was used before. Try another one."
)
_GONE: Final = msgid("This factor is not here any more. Reload the page and look at the list.")
_LAST: Final = msgid(
    "Accounts of your role need a second factor. Add another one before you remove this one."
)


class SecondFactor:
    """Safe to call from any thread. Where ``browser`` is asked for, it is the secret that binds
    an answer to the browser that was asked."""

    def __init__(
        self,
        *,
        store: FactorStore,
        app: AppCodes,
        passkeys: Passkeys,
        throttle: Throttle,
        audit_log: AuditLog,
        step_up: StepUp,
        roles: frozenset[Role],
    ) -> None:
        """``roles``: whose accounts must have a second factor."""
        self._store = store
        self.app = app
        self.passkeys = passkeys
        self._throttle = throttle
        self._audit_log = audit_log
        self._step_up = step_up
        self._roles = roles

    def required(self, role: Role) -> bool:
        return role in self._roles

    def needed(self, account: Account) -> bool:
        """Whether a password alone does not open this account."""
        return self.required(account.role) or self.of(account.id).enrolled

    def of(self, account: str) -> Factors:
        return self._store.of(account)

    def summaries(self) -> dict[str, str]:
        """In words, by account; without those that have none."""
        return {name: f.summary() for name, f in self._store.all().items() if f.enrolled}

    # --- setting up; each gives the recovery codes to be shown once, or none. ``first``: only
    # for an account without any factor, since nothing but its password was shown

    def add_app(
        self, browser: str, account: str, code: str, *, first: bool = False
    ) -> tuple[str, ...]:
        """Take the authenticator app that shows ``code``. Raises FactorRefused, ProofNeeded."""
        self._step_up.demand(Act.FACTORS)
        self._count(BY_BROWSER, browser, account, _TOO_OFTEN)
        self.app.finish(browser, account, code, first=first)
        self._throttle.forgive(BY_BROWSER, browser)
        self._audit_log.record(Action.FACTOR_ADDED, account, after={"factor": "authenticator app"})
        return self._first_codes(account)

    def add_passkey(
        self,
        browser: str,
        account: str,
        party: RelyingParty,
        credential: str,
        name: str,
        *,
        first: bool = False,
    ) -> tuple[str, ...]:
        """Keep the passkey that the browser made. Raises FactorRefused, ProofNeeded."""
        self._step_up.demand(Act.FACTORS)
        made = self.passkeys.add(browser, account, party, credential, name, first=first)
        self._audit_log.record(Action.FACTOR_ADDED, account, after={"passkey": made.name})
        return self._first_codes(account)

    def new_codes(self, account: str) -> tuple[str, ...]:
        """Ten new recovery codes; the old ones end. Raises FactorRefused, ProofNeeded."""
        self._step_up.demand(Act.FACTORS)
        if not self.of(account).enrolled:
            raise FactorRefused(msgid("Set up an authenticator app or a passkey first."))
        return self._make_codes(account)

    # --- showing one

    def show_code(self, browser: str, account: str, typed: str) -> None:
        """Use up a code of the app. Raises FactorRefused."""
        self._count(BY_BROWSER, browser, account, _TOO_OFTEN)
        self._count(BY_CODE, account, account, _LOCKED)
        self._tried(account, "code", lambda: self.app.spend(account, typed))
        self._throttle.forgive(BY_CODE, account)

    def show_recovery(self, browser: str, account: str, typed: str) -> None:
        """Use up a recovery code. Raises FactorRefused."""
        self._count(BY_BROWSER, browser, account, _TOO_OFTEN)
        wanted = digest_of(typed)

        def used(factors: Factors) -> Factors:
            if wanted not in factors.recovery:
                raise FactorRefused(_NO_SUCH_CODE)
            return replace(factors, recovery=factors.recovery - {wanted})

        self._tried(account, "recovery code", lambda: self._store.change(account, used))
        left = len(self.of(account).recovery)
        self._audit_log.record(Action.RECOVERY_USED, account, after={"left": left})

    def ask_stranger(self, browser: str, address: str, party: RelyingParty) -> str:
        """What a browser that is nobody yet asks its authenticator with. Raises
        FactorRefused after too many questions from one address."""
        if self._throttle.try_now(BY_STRANGER, address) > BY_STRANGER.tries:
            raise FactorRefused(msgid("Too many tries from this address. Wait 15 minutes."))
        return self.passkeys.ask(browser, "", party)

    def show_passkey(
        self, browser: str, account: str, party: RelyingParty, credential: str
    ) -> str:
        """Whose passkey answered; ``account`` empty: anybody's. Raises FactorRefused."""
        return self._tried(
            account, "passkey",
            lambda: self.passkeys.show(browser, account, party, credential),
        )  # fmt: skip

    # --- taking away

    def rename_passkey(self, account: str, passkey_id: str, name: str) -> None:
        """Raises FactorRefused, ProofNeeded."""
        self._step_up.demand(Act.FACTORS)
        wanted = " ".join(name.split())[:LONGEST_NAME]
        if not wanted:
            raise FactorRefused(
                msgid("Give the passkey a name, such as the device that it is on.")
            )

        def renamed(factors: Factors) -> Factors:
            key = factors.passkey(passkey_id)
            if key is None:
                raise FactorRefused(_GONE)
            return factors.with_passkey(replace(key, name=wanted))

        self._store.change(account, renamed)
        self._audit_log.record(Action.FACTOR_CHANGED, account, after={"passkey": wanted})

    def remove_passkey(self, account: Account, passkey_id: str) -> None:
        """From now on it opens nothing. Raises FactorRefused for the last factor of an account
        whose role needs one and for a passkey that is not there, ProofNeeded."""
        key = self.of(account.id).passkey(passkey_id)
        what = f"passkey {key.name}" if key else ""
        self._remove(account, lambda f: f.without_passkey(passkey_id), what)

    def remove_app(self, account: Account) -> None:
        """The same for the authenticator app."""
        self._remove(account, lambda f: replace(f, totp=None), "authenticator app")

    def reset(self, account: str) -> None:
        """Take everything away from somebody who has lost it. Raises ProofNeeded.

        The caller ends the account's sessions; where its role needs a second factor, the next
        sign-in leads through setting one up.
        """
        self._step_up.demand(Act.ACCOUNTS)
        was = self.of(account).summary() or "none"
        self._store.change(account, _emptied)
        self._throttle.forgive(BY_CODE, account)
        self._audit_log.record(Action.FACTOR_RESET, account, {"factor": was}, {"factor": "none"})

    def _remove(self, account: Account, change: Callable[[Factors], Factors], what: str) -> None:
        self._step_up.demand(Act.FACTORS)

        def changed(factors: Factors) -> Factors:
            left = change(factors)
            if left == factors:  # also where the database has lost it: then it comes back
                raise FactorRefused(_GONE)
            if left.enrolled:
                return left
            if self.required(account.role):
                raise FactorRefused(_LAST)
            return _emptied(left)  # recovery codes alone would be a weaker way in

        self._store.change(account.id, changed)
        self._audit_log.record(Action.FACTOR_REMOVED, account.id, before={"factor": what})

    # --- parts

    def _first_codes(self, account: str) -> tuple[str, ...]:
        return () if self.of(account).recovery else self._make_codes(account)

    def _make_codes(self, account: str) -> tuple[str, ...]:
        codes = new_codes()
        stored = frozenset(digest_of(code) for code in codes)
        self._store.change(account, lambda f: replace(f, recovery=stored))
        self._audit_log.record(Action.RECOVERY_MADE, account, after={"codes": len(codes)})
        return codes

    def _count(self, limit: Limit, who: str, account: str, refusal: str) -> None:
        """One more try; the first one too many is noted."""
        tries = self._throttle.try_now(limit, who)
        if tries == limit.tries + 1:
            self._audit_log.record(Action.FACTOR_LOCKED, account)
        if tries > limit.tries:
            raise FactorRefused(refusal)

    def _tried(self, account: str, what: str, work: Callable[[], T]) -> T:
        try:
            return work()
        except FactorRefused as error:
            whose = account or error.account
            if whose:  # else a stranger could fill the log with nothing
                self._audit_log.record(Action.FACTOR_FAILED, whose, after={"with": what})
            raise


def _emptied(factors: Factors) -> Factors:
    """The handle stays, so that a new passkey takes an old one's place on a device; so does
    the newest step, so that no code of before counts again."""
    return Factors(
        id=factors.id, handle=factors.handle, totp_step=factors.totp_step,
        version=factors.version,
    )  # fmt: skip

"""Every error the product raises on purpose, in one tree.

A message is read by the person who must act on it: it says what happened and
what to do next. Anything else that escapes is a bug, and is logged as one.
"""


class FaceRecError(Exception):
    """Base of all errors raised on purpose. ``str(error)`` is English, for logs and programs."""

    @property
    def said(self) -> str:
        """The same for a person: a :class:`face_rec.languages.sentence.Sentence` where it was
        raised with one, which a translator says in their language."""
        return self.args[0] if self.args and isinstance(self.args[0], str) else str(self)


class OptionsRefused(FaceRecError):
    """A value that a setting of the site cannot have, or that is held fast elsewhere."""


class SettingError(FaceRecError):
    """A setting has a value it cannot have; the app does not start."""


class HandoverRefused(FaceRecError):
    """A process does not take over from the one that serves, which serves on."""


class PortTaken(FaceRecError):
    """Another program listens where this one should."""


# --- models ---------------------------------------------------------------


class ModelError(FaceRecError):
    """Something is wrong with a model pack."""


class DownloadBroken(ModelError):
    """A download did not come whole, for a reason that may pass: no network, a server that is
    overloaded. ``why``: in words."""

    def __init__(self, message: str, why: str) -> None:
        super().__init__(message)
        self.why = why


class PackMissing(ModelError):
    """The configured model pack is not installed."""


class PackBroken(ModelError):
    """A model pack is incomplete, altered or not understood; it is not loaded."""


class ProviderMissing(ModelError):
    """The execution provider asked for is not offered by this onnxruntime."""


# --- pictures -------------------------------------------------------------


class PictureError(FaceRecError):
    """A picture cannot be used; the message says why."""


class PictureRefused(PictureError):
    """A readable picture whose face is not good enough to enrol.

    ``code`` is stable (for tests, reports and translation).
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ArchiveRefused(FaceRecError):
    """An uploaded ZIP is unsafe or not understood; nothing of it was used."""


# --- people ---------------------------------------------------------------


class PeopleError(FaceRecError):
    """A change to a person was refused; nothing was written."""


class StrangerGone(PeopleError):
    """No such unknown person (any more)."""


class PersonMissing(PeopleError):
    """No such person (any more)."""


class Conflict(PeopleError):
    """Somebody else changed the same person in the meantime."""


# --- stores ---------------------------------------------------------------


class StoreError(FaceRecError):
    """A store could not do what was asked."""


class SchemaNewer(StoreError):
    """A later version has brought the data to a form that this one cannot use."""


class StoreUnavailable(StoreError):
    """Redis (or S3) does not answer at the moment; trying again may help."""


class ArchiveAway(StoreUnavailable):
    """The archive does not answer, or a day must come back from it first; Redis may be well."""


class ArchiveUnread(StoreError):
    """A day that has left Redis cannot be read: no archive is named, or what it has is not what
    left."""


class RowsLost(StoreUnavailable):
    """What the gallery kept elsewhere is not there any more: everybody must be loaded anew."""


class GalleryFileRefused(StoreError):
    """The gallery's file on this machine is not what was written there: Redis is read instead."""


class NotReplicated(StoreUnavailable):
    """Redis has what was written, and too few of its replicas do: a failover may still lose it."""


class RedisMissing(StoreError):
    """No redis-server can be found and none is configured."""


class JournalError(StoreError):
    """The local journal cannot be written: no mark may be confirmed."""


class BackupRefused(StoreError):
    """A backup that cannot be written there, or that is not what it should be."""


class SnapshotMissing(StoreError):
    """No snapshot under this key."""


class BadSnapshotKey(StoreError):
    """A text that no snapshot can have as its key."""


# --- attendance -----------------------------------------------------------


class AttendanceError(FaceRecError):
    """A change to rules or marks was refused; nothing was changed."""


class RuleRefused(AttendanceError):
    """A shift, assignment, holiday, leave or kiosk makes no sense.

    ``problems`` has one sentence for everything that is wrong.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class RulesMoved(AttendanceError):
    """The rules were changed by somebody else since they were read; nothing was written."""


class CorrectionRefused(AttendanceError):
    """A correction names no punch, gives no reason, or changes nothing."""


class ViewRefused(AttendanceError):
    """A view of Explore that cannot be kept."""


class NotEmpty(AttendanceError):
    """Sample data is only ever written to an empty system."""


# --- access ---------------------------------------------------------------


class AccessError(FaceRecError):
    """Somebody may not do this, or an account cannot be changed so."""


class NotAllowed(AccessError):
    """Whoever asks has no right to this, or not to these people's data; nothing was done."""


class SignInRefused(AccessError):
    """Name and password do not open anything; the message never says which was wrong."""


class PinsLocked(SignInRefused):
    """Too many PINs were tried for an ID, or at a kiosk; ``minutes`` until the next may be."""

    def __init__(self, message: str, minutes: int) -> None:
        super().__init__(message)
        self.minutes = minutes


class BadgesLocked(SignInRefused):
    """A kiosk was shown too many badges that are not valid; ``minutes`` until the next may be."""

    def __init__(self, message: str, minutes: int) -> None:
        super().__init__(message)
        self.minutes = minutes


class TryLater(AccessError):
    """Too many tries, or too many people at once; ``seconds`` until it is worth another try."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


class PasswordRefused(AccessError):
    """A new password that is too short, too long or too well known."""


class LogoutRefused(AccessError):
    """What claims to be the identity provider's word that somebody is signed out, and is not."""


class BreachListBroken(PasswordRefused):
    """The list of breached passwords cannot be read: no new password is taken unchecked."""


class AccountRefused(AccessError):
    """An account, kiosk or token that cannot be made or changed like this."""


class LastOne(AccessError):
    """A change that would leave nobody who can do what somebody must be able to do."""


class FactorRefused(AccessError):
    """A code, passkey or recovery code that opens nothing, or a factor that cannot be changed
    like this. ``account``: whose it was, where that is known."""

    def __init__(self, message: str, account: str = "") -> None:
        super().__init__(message)
        self.account = account


class ProofNeeded(AccessError):
    """Somebody is signed in, but must prove afresh who they are before this."""


class LinkInvalid(AccessError):
    """A one-time link that was used, has expired or never existed."""


# --- sources --------------------------------------------------------------


class NoticeRefused(FaceRecError):
    """A channel or a rule of notices cannot be as it was given, or may not send where it would."""


class VisitRefused(FaceRecError):
    """A visit cannot be as it was given, or is not at this stage (any more)."""


class CameraRefused(FaceRecError):
    """A camera cannot be as it was given; nothing was changed."""


class SourceError(FaceRecError):
    """A camera, video or folder cannot be read."""


# --- web ------------------------------------------------------------------


class RequestRefused(FaceRecError):
    """An HTTP request was refused; ``status`` is the answer's code."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status

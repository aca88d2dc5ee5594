"""What ``doctor`` asks of the machine itself: certificate, clock, folder, browsers' cameras."""

import logging
import os
import ssl
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509

from face_rec.domain.clock_state import apart
from face_rec.domain.health import Check, HealthCheck
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Figure, listed, sentence, sentence_many
from face_rec.timekeeping.ntp import Kept
from face_rec.timekeeping.watch import State

# Files that hold secrets: readable by whom they concern, or remarked.

log = logging.getLogger(__name__)

_SHOWN: Final = 3600.0
_OTHERS: Final = stat.S_IROTH | stat.S_IWOTH
_GROUP: Final = stat.S_IRGRP | stat.S_IWGRP


def open_to_others(path: Path) -> str:
    """Who else may read or write ``path``, in words; empty if nobody, or if there is none.

    A file of root's that the service reads through its group, as ``deploy/install.sh`` makes
    it, is right as it is. Windows has other rights, which are not looked at.
    """
    if os.name == "nt":
        return ""
    try:
        found = path.stat()
    except OSError:
        return ""
    if found.st_mode & _OTHERS:
        return msgid("everybody on this machine")
    through_group = found.st_uid != os.geteuid() and not found.st_mode & stat.S_IWGRP
    if found.st_mode & _GROUP and not through_group:
        return msgid("its group")
    return ""


def remarks(paths: Iterable[Path]) -> Iterator[str]:
    """A sentence for each file that others may read, with what to do."""
    for path in paths:
        if who := open_to_others(path):
            yield sentence(
                "{file} holds secrets and is open to {who}. Run: chmod 600 {file}",
                file=path, who=who,
            )  # fmt: skip


def secret_files_check(paths: Iterable[Path]) -> Check:
    """A warning: the app works, and whoever has an account here has its keys."""

    def check() -> HealthCheck:
        found = list(remarks(paths))
        if found:
            return HealthCheck(
                "secrets", ok=True, warning=True, detail=sentence_many(
                    "{count} file is open to others", "{count} files are open to others",
                    len(found),
                ),
                advice=listed(found, " "),
            )  # fmt: skip
        return HealthCheck(
            "secrets", ok=True, detail=msgid("the files that hold some are private")
        )

    return check


_SOON: Final = timedelta(days=21)


def tls_check(cert: Path | None, key: Path | None, now: datetime) -> Check:
    """Failed if certificate and key do not belong together or time is over; a warning
    three weeks before that."""

    def check() -> HealthCheck:
        if cert is None or key is None:
            return HealthCheck(
                "tls", ok=True, detail=msgid("the app speaks plain HTTP; HTTPS is up to a proxy")
            )
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key)
            found = x509.load_pem_x509_certificate(cert.read_bytes())
        except (OSError, ValueError) as error:
            return HealthCheck(
                "tls", ok=False,
                detail=sentence(
                    "{cert} and {key} cannot be used: {error}", cert=cert, key=key, error=error
                ),
                advice=msgid(
                    "Set TLS_CERT and TLS_KEY to a certificate and its own key, both PEM and "
                    "readable by the app, or make a pair: python -m face_rec tls"
                ),
            )  # fmt: skip
        return _validity(found, now)

    return check


def _validity(cert: x509.Certificate, now: datetime) -> HealthCheck:
    ends, begins = cert.not_valid_after_utc, cert.not_valid_before_utc
    names = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    shown = ", ".join(str(name.value) for name in names)
    if not begins <= now < ends:
        over = sentence("valid {begins} to {ends}", begins=str(begins), ends=str(ends))
        advice = msgid("Renew the certificate, and check this machine's clock.")
        return HealthCheck("tls", ok=False, detail=over, advice=advice)
    soon = ends - now < _SOON
    detail = sentence("{names}, until {day}", names=shown, day=f"{ends:%Y-%m-%d}")
    renew = msgid("Renew the certificate before it ends and restart the app.")
    advice = renew if soon else ""
    return HealthCheck("tls", ok=True, detail=detail, advice=advice, warning=soon)


def clock_check(kept: Callable[[], Kept]) -> Check:
    """A warning when nobody keeps the clock right."""

    def check() -> HealthCheck:
        found = kept()
        if found.synchronised is not False:
            return HealthCheck("clock", ok=True, detail=kept_words(found))
        return HealthCheck(
            "clock", ok=True, detail=kept_words(found),
            advice=msgid(
                "Attendance is as right as this clock. Run: timedatectl set-ntp true"
            ),
            warning=True,
        )  # fmt: skip

    return check


def kept_words(kept: Kept) -> str:
    """Who keeps the clock, and how well as far as the kernel says."""
    if kept.synchronised is None:
        return msgid("this system does not say who keeps it")
    if not kept.synchronised:
        return msgid("not kept by NTP")
    if kept.offset is None or kept.worst is None:
        return msgid("kept by NTP")
    return sentence(
        "kept by NTP, {offset} s to correct, at worst {worst} s off",
        offset=f"{kept.offset:+.3f}",
        worst=Figure(kept.worst, 3),
    )


def clock_watch_check(state: Callable[[], State]) -> Check:
    """A warning while the clock is wrong as far as anybody can tell, and for an hour after it was
    set. Where nobody keeps it that is said, and no warning: a site may have no network."""

    def check() -> HealthCheck:
        now = state()
        extra = _clock_figures(now)
        wrong = _wrong_clock(now)
        if wrong is None:
            return HealthCheck("clock", ok=True, detail=kept_words(now.kept), extra=extra)
        detail, advice = wrong
        return HealthCheck(
            "clock", ok=True, detail=detail, advice=advice, warning=True, extra=extra
        )

    return check


def _wrong_clock(now: State) -> tuple[str, str] | None:
    """That the clock is wrong, or was until it was set a while ago, and what to do; None: it is
    neither."""
    if now.ahead is not None:
        off: str = apart(now.ahead)
        if now.others:
            off = sentence("{off}, says {by}", off=off, by=", ".join(now.others))
        return off, msgid(
            "Marks made now say that their time is in doubt, and wait in the review. "
            "Set this clock, best by NTP: timedatectl set-ntp true"
        )
    if now.last is None or now.last_ago >= _SHOWN:
        return None
    words = now.last.words or msgid("Which marks that leaves in doubt is being found out.")
    return sentence(
        "it was set by {seconds} s within the last hour", seconds=f"{now.last.by:+,.0f}"
    ), sentence(
        "{words} Marks in doubt wait in the review of Records; none is changed. Have NTP "
        "keep the clock, so that it need not be set: timedatectl set-ntp true",
        words=words,
    )


def _clock_figures(now: State) -> dict[str, str]:
    """For machines that read /readyz."""
    said = {None: "unknown", True: "yes", False: "no"}[now.kept.synchronised]
    figures = {"ntp": said, "jumps": str(now.jumps)}
    if now.kept.offset is not None:
        figures["ntp_offset"] = f"{now.kept.offset:.6f}"
    if now.ahead is not None:
        figures["ahead"] = f"{now.ahead:.1f}"
    return figures | {f"ahead_of_{name}": f"{ahead:.1f}" for name, ahead in now.others.items()}


def folder_check(folder: Path) -> Check:
    """Failed if the app cannot write into its data folder."""

    def check() -> HealthCheck:
        try:
            with tempfile.NamedTemporaryFile(dir=folder):
                pass
        except OSError as error:
            return HealthCheck(
                "data folder", ok=False, detail=f"{folder}: {error.strerror}",
                advice=msgid("Let the user that runs the app write there, or set DATA_DIR."),
            )  # fmt: skip
        return HealthCheck(
            "data folder", ok=True, detail=sentence("{folder} can be written", folder=folder)
        )

    return check


def browsers_check(*, loopback: bool, https: bool) -> Check:
    """Browsers hand out the camera on this machine and over HTTPS only."""

    def check() -> HealthCheck:
        if https:
            return HealthCheck(
                "kiosk cameras", ok=True, detail=msgid("browsers allow them: HTTPS")
            )
        if loopback:
            detail = msgid(
                "browsers allow them on this machine, elsewhere through an HTTPS proxy only"
            )
            return HealthCheck("kiosk cameras", ok=True, detail=detail)
        return HealthCheck(
            "kiosk cameras", ok=True,
            detail=msgid("browsers on other machines refuse them over HTTP"),
            advice=msgid(
                "Set TLS_CERT and TLS_KEY (python -m face_rec tls), or put a proxy with HTTPS "
                "in front and BIND_ADDRESS back to 127.0.0.1."
            ),
            warning=True,
        )  # fmt: skip

    return check

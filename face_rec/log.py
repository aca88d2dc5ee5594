"""How the process logs: lines for people, or JSON for collectors.

Messages are ``event key=value`` with lazy arguments; no record may hold an
embedding, a photo, a password or a token. What stands in a record may have been typed by
anybody, so that control characters are written as escapes: nobody can begin a line of the
log, clear the screen of who reads it, or turn its words around (CWE-117, OWASP Logging).
"""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Final

_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0 and C1: line ends, tabs, escape sequences
    "\u00ad\u061c\u180e\u200b-\u200f"  # soft hyphen, zero width, marks of direction
    "\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"  # separators, overrides
    "\ud800-\udfff\U000e0000-\U000e007f]"  # half characters, invisible tags
)


def escaped(text: str) -> str:
    """``text`` on one line, with nothing in it that a terminal or a reader would not see."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class Record(logging.LogRecord):
    """A record of any logger, of libraries too, whatever formatter shows it."""

    def getMessage(self) -> str:  # noqa: N802 - logging's name
        return escaped(super().getMessage())


class TextFormatter(logging.Formatter):
    """One line a record; a traceback below it, indented so that none of it passes for a line
    of the log."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        return escaped(super().formatMessage(record))

    def formatException(self, ei: object) -> str:  # noqa: N802
        return _indented(super().formatException(ei))  # type: ignore[arg-type]

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        return _indented(super().formatStack(stack_info))


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return _UNSEEN.sub(_as_json, json.dumps(entry, ensure_ascii=False))


def configure(level: str, style: str) -> None:
    """Send the product's own log to stderr, and give that of libraries the same form; ``style``
    is text or json."""
    logging.setLogRecordFactory(Record)
    formatter = JsonFormatter() if style == "json" else TextFormatter()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    for name in ("face_rec", "pages", "app"):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(level)
        logger.propagate = False
    others = [logging.getLogger(), *map(logging.getLogger, logging.root.manager.loggerDict)]
    for logger in others:
        for known in logger.handlers:
            known.setFormatter(formatter)
    if not logging.root.handlers:  # else warnings of libraries go out as they are
        logging.root.addHandler(handler)


def _indented(text: str) -> str:
    return "\n".join(f"  | {escaped(line)}" for line in text.split("\n"))


def _as_json(found: re.Match[str]) -> str:
    """What JSON leaves as it is, as its own escape."""
    return json.dumps(found[0])[1:-1]

"""``make soak``: eight kiosks' pictures, eight RTSP cameras, two kiosk tabs that come and go by
turns (WebRTC, HTTP), the office's pages opened and closed, readers of the API; MINUTES= (30),
BROWSER=off: without Chromium, and so without kiosk tabs. Prints what the server holds and whether
it grows; 1 if it does."""

import os
import sys
import tempfile
from pathlib import Path

from tests.soak.run import Run


def main() -> int:
    minutes = float(os.environ.get("MINUTES") or 30)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        browser = os.environ.get("BROWSER") != "off"
        report = Run(Path(folder), minutes * 60, browser=browser).report()
    sys.stdout.write(str(report) + "\n")
    return int(bool(report.flaws))


if __name__ == "__main__":
    sys.exit(main())

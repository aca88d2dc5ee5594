"""``make upgrades``: ten upgrades (``ROUNDS=``) of a server at which people are marked;
``PROXY=nginx``: with deploy/nginx.conf between it and the kiosks."""

import os
import sys
import tempfile
from pathlib import Path

from tests.synthetic.material import write_material
from tests.upgrades.drill import run


def main() -> int:
    """Print what came of it; 1 if a mark was lost or doubled."""
    rounds = int(os.environ.get("ROUNDS") or 10)
    with tempfile.TemporaryDirectory(prefix="upgrades-") as folder:
        (Path(folder) / "material").mkdir()
        (Path(folder) / "site").mkdir()
        material = write_material(Path(folder) / "material")
        proxied = os.environ.get("PROXY") == "nginx"
        result = run(Path(folder) / "site", material, rounds, proxied=proxied)
    lost = sum(flaw.startswith("lost") for flaw in result.flaws)
    sys.stdout.write(
        f"{result.upgrades} upgrades, {result.confirmed:,} marks confirmed, {lost} lost, "
        f"{len(result.flaws) - lost} doubled; longest wait of a kiosk for an answer to a picture "
        f"{max(result.pictures):.2f} s, for a word of its line {max(result.lines):.2f} s\n"
    )
    for what, times in sorted(result.failed.items()):
        sys.stdout.write(f"not served {times} times: {what}\n")
    for flaw in result.flaws:
        sys.stderr.write(f"{flaw}\n")
    return int(bool(result.flaws))


if __name__ == "__main__":
    sys.exit(main())

"""People on a server before it starts: imported from a folder, as an office would do it."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.browser.support.server import ROOT, AppServer
from tests.data import Material


def import_people(
    server: AppServer, folder: Path, material: Material, names: Mapping[int, str]
) -> None:
    """Register those of ``material``'s people with their first two photos, as ``E number``;
    ``folder``: for what is imported."""
    for number in names:
        own = folder / "people" / f"E {number}"
        own.mkdir(parents=True)
        for photo in material.person(number)[:2]:
            shutil.copy(photo, own)
    rows = [f"E {number},{name},Staff" for number, name in names.items()]
    (folder / "people" / "people.csv").write_text("\n".join(["id,name,group", *rows]), "utf-8")
    subprocess.run(
        [sys.executable, "-m", "face_rec", "import", str(folder / "people"), "--consent", "yes"],
        cwd=ROOT, check=True, timeout=300, env=server.environment(),
    )  # fmt: skip

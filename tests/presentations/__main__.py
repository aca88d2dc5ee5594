"""``python -m tests.presentations OUT``: presentations for

    python -m face_rec evaluate-liveness OUT/live --attacks OUT/attacks --people OUT/people

The people are those of ``../shared`` on whom no limit was chosen; ``--tune``: the others."""

import argparse
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.data import shared_data
from tests.presentations.identities import identities
from tests.presentations.species import SPECIES
from tests.presentations.studio import save
from tests.presentations.writing import LIVE, studio, write


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.presentations")
    parser.add_argument("out", type=Path, help="a folder that does not exist yet")
    parser.add_argument("--clips", type=int, default=150, help="of each species (default 150)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tune", action="store_true", help="show those on whom limits are chosen")
    kinds = [*SPECIES, LIVE]
    parser.add_argument("--species", nargs="*", choices=kinds, default=kinds)
    options = parser.parse_args()
    options.out.mkdir(parents=True)
    for person in identities(shared_data("faces/people"), tuning=options.tune):
        folder = options.out / "people" / person.name
        folder.mkdir(parents=True)
        for photo in person.enrol:
            shutil.copyfile(photo, folder / photo.name)
    with TemporaryDirectory() as folder:
        films = studio(tuning=options.tune, seed=options.seed, folder=Path(folder)).filmed()
    for film in films:
        save(options.out / "live" / "filmed" / film.name, film.frames)
    write(options.out, options.species, options.clips, tuning=options.tune, seed=options.seed)


if __name__ == "__main__":
    main()

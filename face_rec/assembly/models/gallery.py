"""Which gallery a site has: all floats in memory, or bytes there and the floats on the disk.
(Or in an engine outside: :mod:`face_rec.assembly.models.vectors`.)"""

import os
from collections.abc import Callable

from config import Settings
from face_rec import files
from face_rec.domain.people import Contract
from face_rec.models.runtime.int8_product import Int8Product
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.people.gallery.int8_rows import Int8Rows
from face_rec.people.gallery.sealed_templates import SealedTemplates

_MOST_THREADS = 4  # more gain little: memory bandwidth is shared

GalleryOf = Callable[[Contract], MemoryGallery]


def gallery_of(settings: Settings) -> GalleryOf:
    """Makes empty ones, each with a file of its own where it needs one. Raises StoreError where
    DATA_DIR takes none."""
    if settings.gallery == "exact":
        return MemoryGallery
    files.make_folder(settings.data_dir)
    product = Int8Product(min(_MOST_THREADS, os.cpu_count() or 1))

    def rows(dimension: int) -> Int8Rows:
        return Int8Rows(dimension, product, SealedTemplates(settings.data_dir, dimension))

    return lambda contract: MemoryGallery(contract, rows)

"""Attendance by face recognition.

The journey of a frame, and where each step lives::

    camera -> detect -> track -> embed -> match -> decide -> punch -> mark
    journey/detect, track, embed, decide, marking/punch, marking/mark; all in one list of verbs
    in journey/pipeline, run by journey/streams/workers

Around it: ``domain`` (what everything speaks of), ``people`` (enrolment, photos, gallery),
``kiosks``, ``cameras`` (that the site runs itself), ``badges``, ``mobile`` (who marks themselves
on their own phone), ``invitations`` (who registers there), ``visitors``, ``strangers`` (who comes
by unknown), ``attendance`` (marks and rules become days and reports), ``requests`` (corrections,
leave, swaps), ``calendars``, ``notices`` (what is told to whom), ``access`` (who may what),
``privacy``, ``timekeeping`` (whether the clock is right), ``models`` (recognition packs),
``stores`` (Redis, journal, snapshots, chain), ``archive`` (years of it in PostgreSQL), ``web``
(HTTP routes and the gate), ``cli`` (``python -m face_rec``), ``demo`` (a made-up company),
``settings``, ``languages``, ``terminal`` (what stands there is said in its language),
``lettering`` (of any script, on paper), ``protocols`` (what the parts ask of each other).
``assembly`` builds it all, ``facades`` are what each part of the pages sees of it; in both, and in
``domain`` and ``cli``, folders by subject.
"""

import gc
from typing import Final

LOADED_COLLECTS: Final = gc.get_threshold()
"""How often the garbage collector looks once ``assembly`` is loaded. What is loaded stays, and
looking through it again and again, as more comes, took a fifth of the time."""
LOADING_COLLECTS: Final = (100_000, *LOADED_COLLECTS[1:])
gc.set_threshold(*LOADING_COLLECTS)

__version__ = "0.3.0"

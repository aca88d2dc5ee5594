"""Attendance by face recognition.

The journey of a frame, and where each step lives::

    camera -> detect -> track -> embed -> match -> decide -> punch -> mark
    journey/detect, track, embed, decide, punch, mark; all of it in one list of verbs
    in journey/pipeline, run by journey/streams/workers

Around it: ``domain`` (what everything speaks of), ``people`` (enrolment, photos, gallery),
``kiosks``, ``attendance`` (marks and rules become days and reports), ``access`` (who may what),
``privacy``, ``models`` (recognition packs), ``stores`` (Redis, journal, snapshots, chain),
``web`` (HTTP routes and the gate), ``cli`` (``python -m face_rec``), ``settings``, ``languages``.
``assembly`` builds it all, ``facades`` are what each part of the pages sees of it.
"""

__version__ = "0.3.0"

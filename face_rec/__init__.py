"""Attendance by face recognition.

The journey of a frame, and where each step lives::

    camera -> detect -> track -> embed -> match -> decide -> mark -> snapshot
    journey/camera, detect, track, embed, match, decide, mark; all of it in
    one list of verbs in journey/pipeline, run by journey/workers

Around it: ``people`` (enrolment, quality, gallery), ``attendance`` (events to
daily records), ``models`` (InsightFace packs), ``stores`` (Redis, journal,
snapshots), ``web`` (HTTP routes), ``cli`` (``python -m face_rec``).
``system`` is the type of the built whole, ``assembly`` builds it.
"""

__version__ = "0.2.0"

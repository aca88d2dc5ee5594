"""Each frame from the camera to the mark.

``pipeline`` is the table of contents. Before it: ``camera`` (server-side sources), ``slot``
(newest frame only), ``workers``, ``streams`` and ``engine`` (who is served when). In it:
``detect`` with ``motion``, ``track`` with ``geometry``, ``embed``, ``match``, ``decide``, all
remembered by ``sighting``. After it: ``punch`` makes the event that ``mark`` and ``replay`` keep,
``snapshot`` cuts its picture, ``notify`` greets. ``still`` is the short way for one picture.
"""

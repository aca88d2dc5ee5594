"""Each frame from the camera to the mark, one module a stage.

``pipeline`` is the table of contents. Before it: ``streams`` (cameras, the newest frame only,
workers) and ``engine`` (who is served when). In it: ``detect``, ``track``, ``embed`` with
``same_view``, ``decide``, all remembered by ``track_state``. After it ``marking``: the event and
how it is kept. ``still`` is the short way for one picture.
"""

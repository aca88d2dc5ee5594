"""The archive: what Redis holds of marks, people, rules and the audit log, copied to where it may
stay for years.

``ARCHIVE_URL`` says where that is (:func:`face_rec.settings.archive.place_of`). Nothing here is
imported where none is set: the libraries of an archive cost time and memory.
"""

"""Who may do what: accounts, roles, sessions, kiosk devices, API tokens, the audit log.

Pure rules; where things are kept comes through protocols: :mod:`face_rec.access.storage`, and
beside the values that they keep.
"""

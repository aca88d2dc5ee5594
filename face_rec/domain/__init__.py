"""What all parts speak of: frozen values without behaviour, and the one tree of errors.

Times are aware datetimes in UTC.
"""

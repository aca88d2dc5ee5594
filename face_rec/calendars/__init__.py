"""Rosters, leave and holidays as calendars to subscribe to, by an address that is secret."""

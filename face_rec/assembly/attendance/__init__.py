"""Requests, calendars, reports by mail, and pictures of marks."""

"""The process itself: settings, logs, threads, commands."""

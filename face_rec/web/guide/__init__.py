"""The guide: the project's own documentation, read where the app runs, without the Internet."""

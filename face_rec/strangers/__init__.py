"""Unknown people who came by: who comes again, what is decided about them, what is forgotten."""

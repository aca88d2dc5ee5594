"""For pages about people: registered, invited, visiting, unknown, and each about themselves."""

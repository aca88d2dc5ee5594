"""Who may do what, in one object, and what is asked again while something runs."""

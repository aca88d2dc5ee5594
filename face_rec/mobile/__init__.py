"""People mark themselves on their own phone: near a place of their group, by their own face."""

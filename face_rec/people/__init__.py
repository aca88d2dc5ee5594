"""Who is registered, and how they got in."""

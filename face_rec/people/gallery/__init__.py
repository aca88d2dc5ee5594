"""All templates in memory, equal to the store."""

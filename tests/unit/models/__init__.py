"""Recognition models and their packs."""

"""Where data rests: Redis, the journal, snapshots."""

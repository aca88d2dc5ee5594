"""Whether this machine's clock can be believed: who keeps it, when it was set, what others say."""

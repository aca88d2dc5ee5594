"""Redis itself: the client, the embedded server, keys and scripts."""

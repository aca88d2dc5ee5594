"""From a name to a mark that lasts."""

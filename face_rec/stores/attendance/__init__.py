"""Events and rules in Redis."""

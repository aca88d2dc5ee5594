"""The tamper-evident chain over marks, people, rules and the audit log."""

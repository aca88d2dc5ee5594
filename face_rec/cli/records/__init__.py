"""Commands about what is recorded: copied, checked, handed out."""

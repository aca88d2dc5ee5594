"""Commands about what is kept: copied, checked, handed out."""

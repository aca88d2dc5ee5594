"""What workers of cameras share: who serves which, how each is, and what it sees now."""

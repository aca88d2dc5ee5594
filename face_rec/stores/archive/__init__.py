"""What Redis tells an archive, and which days have left it."""

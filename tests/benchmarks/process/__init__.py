"""What a process costs before it does its work: commands, and the app until it serves."""

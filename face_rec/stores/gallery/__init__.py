"""The gallery's file: a sealed copy of all templates on this machine's disk, for quick starts."""

"""Whether the face before a camera is a person's: evidence over a track's looks, and its judge."""

"""Does anything grow? The app for a long time under all it has to do at once (``make soak``)."""

"""For who runs the app: health, metrics, what ``doctor`` asks."""

"""Each frame from the camera to the mark."""

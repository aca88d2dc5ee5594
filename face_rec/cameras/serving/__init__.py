"""What a worker does with the cameras that it serves."""

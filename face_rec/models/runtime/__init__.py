"""Models that run: loaded on onnxruntime, warmed up, timed."""

"""InsightFace models: packs, loading, calibration."""

"""Pictures from and to browsers: live frames, stills, snapshots."""

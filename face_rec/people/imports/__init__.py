"""Many people at once: folders and ZIPs of photos, for registering and for measuring."""

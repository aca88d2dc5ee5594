"""Pictures in a folder or in S3, and the way there."""

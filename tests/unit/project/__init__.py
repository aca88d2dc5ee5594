"""What the project says of itself: documents, locks, workflows, deployment."""

"""Letters to those who decide about requests, and to those whose requests were decided."""

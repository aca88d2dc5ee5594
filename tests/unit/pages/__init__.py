"""Pages, opened by AppTest."""

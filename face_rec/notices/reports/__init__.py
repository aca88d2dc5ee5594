"""Reports that go out by mail again and again."""

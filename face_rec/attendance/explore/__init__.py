"""Questions that managers put together themselves: what is counted, by what, of whom and when."""

"""Parts of the page Unknown."""

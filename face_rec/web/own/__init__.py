"""Pages of our own for people who are registered, beside the one that Streamlit draws."""

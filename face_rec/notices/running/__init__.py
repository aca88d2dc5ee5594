"""The threads that note, sort and send notices, and the words in which they do it."""

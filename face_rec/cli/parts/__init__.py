"""Parts of commands that have more to say than fits a module of their own."""

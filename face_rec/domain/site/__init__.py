"""What an administrator chooses for the site."""

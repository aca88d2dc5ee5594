"""Commands about models: keeping them, measuring them, watching them work."""

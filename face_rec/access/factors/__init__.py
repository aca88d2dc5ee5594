"""Second factors and fresh proof: authenticator apps, passkeys, recovery codes."""

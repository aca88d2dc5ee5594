"""Whatever comes in from outside: damaged files, invented messages, requests that no client of
ours makes. Each reader answers in words of ours, or leaves it aside; nothing else comes out."""

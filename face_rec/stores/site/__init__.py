"""What concerns all that a site keeps: its options, who writes what, sealing it anew."""

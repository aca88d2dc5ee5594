"""What signs in without a person: kiosk devices, API tokens, and PINs at a kiosk."""

"""People who register themselves on their own phone, because the office has invited them."""

"""What all of the web layer shares: cookies, headers, forms, our own HTML, errors as answers."""

"""What is told to whom, by mail, chat or webhook: rules, channels, letters, what sends them."""

"""Where data rest, and who may do what with them: stores put together as the settings say."""

"""Pages of the second factor: the step at sign-in, and setting one up."""

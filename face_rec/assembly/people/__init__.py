"""What is kept of people: who comes in how, who may look, and what is erased."""

"""What pages and commands say of models, without the models."""

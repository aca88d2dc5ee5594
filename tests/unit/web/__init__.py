"""HTTP: the gate, the API, frames."""

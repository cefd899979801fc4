"""The doors over HTTP: who comes in, in what form, and what is said back. What is done is up to features."""

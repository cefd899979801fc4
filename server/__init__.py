"""What happens: connections, features, the outside world."""

"""Work for the outside world: what the outbox holds is handed to carriers and mail servers here."""

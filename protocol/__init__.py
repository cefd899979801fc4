"""What travels between Causeway and its clients: typed structures, without knowledge of storage or server."""

"""What several features read and write together: the shapes of records, and the bookkeeping of portals."""

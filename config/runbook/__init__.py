"""What an operator does to a database before, at and after a migration: one module a step of `connect_schema`."""

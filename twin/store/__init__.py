"""The city file: one DuckDB file, one writer thread, all the SQL."""

"""One file per file format: each yields placed features as Arrow batches, in a child process."""

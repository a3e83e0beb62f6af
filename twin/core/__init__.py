"""What every room stands on: errors, paths, units, languages, settings."""

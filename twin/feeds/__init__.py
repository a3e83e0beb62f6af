"""One module per live feed; none yet."""

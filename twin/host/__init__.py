"""An open city without a window: its session, its commands, the plugins around it."""

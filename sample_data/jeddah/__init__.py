"""The synthetic sample of Jeddah."""

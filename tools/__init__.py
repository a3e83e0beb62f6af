"""What main.py runs: set-up, the suite, benchmarks, soaks and the lock, kept out of the product."""

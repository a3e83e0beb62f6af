"""Benchmarks: each figure beside a bare baseline of the same run; nothing here is collected as a test."""

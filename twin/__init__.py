"""Balad: a smart-city digital twin on one desk."""

__version__ = "0.1.0"

"""The manual's table of every real file beside the project: what Balad makes of each, and what another tool counts.

``python -m tools.filetable`` writes ``docs/files.md`` anew; a test makes every row again and compares it.
"""

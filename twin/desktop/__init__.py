"""PySide6: the window, its panels, and the one thread crossing."""

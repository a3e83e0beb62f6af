"""Qt's painter alone: labels, legend, scale and north, over a window or a picture."""

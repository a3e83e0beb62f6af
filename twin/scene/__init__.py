"""VTK: tiles, streaming, light, colours, picking, camera; no Qt."""

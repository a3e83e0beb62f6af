"""One file per layer kind: how features become triangles."""

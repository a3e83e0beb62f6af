"""The bundled plugins: strangers that import ``twin.api`` alone; none yet."""

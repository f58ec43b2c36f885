"""The bundled story: an invented conflict in invented outlets, and its expected result."""

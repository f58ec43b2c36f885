"""The bundled story: a made-up conflict told by made-up outlets, and what must come of it."""

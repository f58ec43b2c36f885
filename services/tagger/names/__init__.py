"""Names: mentions of people, bodies, and places, from dictionaries, recogniser, and phrases."""

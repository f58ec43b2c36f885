"""Who and where: mentions, from dictionaries, from the recogniser, from noun phrases."""

"""Knowledge that is read before any article: ontology, word lists, actors, places, rules."""

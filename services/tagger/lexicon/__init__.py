"""What is known before an article is read: the ontology, word classes, actors, places, and the files they stand in."""

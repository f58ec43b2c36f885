"""How sure it is: negation, hedges, questions, and the conventions of headlines."""

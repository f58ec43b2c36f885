"""Layout, which needs no parse: boilerplate, dateline, sentences, letter case, quotations."""

"""Plans: the least costly way to comply, with a proof of how good it is."""

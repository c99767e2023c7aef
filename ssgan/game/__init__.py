"""The game: the averaged classifier, the two-player model, ensembles and batches."""

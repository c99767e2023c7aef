"""Classifiers from few labels, learnt together with a generator."""

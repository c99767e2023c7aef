"""Evaluate classifiers, and compare them with baselines on the same labels."""

"""Statistics of predictions and results, in NumPy and SciPy alone."""

"""From data sources to arrays of examples and labels. Imports without TensorFlow."""

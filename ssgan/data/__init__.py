"""Examples and labels, from their sources to arrays. Needs no TensorFlow to import."""

"""Atomic files, provenance, parallel runs, and a quiet import of TensorFlow."""

"""Local pages: a safe server, the visual Turing test, and labeling."""

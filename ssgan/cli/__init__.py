"""The command line: options and commands, and no logic."""

from ssgan.cli.app import main

__all__ = [
    "app",
    "compare_commands",
    "embed_commands",
    "main",
    "model_commands",
    "models",
    "options",
    "sample_commands",
    "shown",
    "train_commands",
    "web_commands",
]

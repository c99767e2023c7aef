"""From a recipe and data to a trained model, watched, logged and saved as it goes."""

"""What makes Rackfocus's model bundles: focus measures, models, their export and their training."""

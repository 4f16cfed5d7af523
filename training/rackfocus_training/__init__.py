"""Focus measures, models, training and export of Rackfocus's model bundles."""

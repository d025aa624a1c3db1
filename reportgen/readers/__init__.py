"""What the program reads: workspace files and returns, as records with the place of each text."""

"""What the Python scripts of this directory share: running `nonzero`, reading its results, many runs at once."""

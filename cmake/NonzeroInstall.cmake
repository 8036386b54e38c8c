# Install rules follow with the packaging.

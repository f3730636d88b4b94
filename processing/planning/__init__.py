"""Planning: in which order wells are closed."""

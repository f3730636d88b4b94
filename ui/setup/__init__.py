"""The setup wizard: from layers with foreign column names to a case file, in four pages."""

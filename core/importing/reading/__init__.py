"""What stands in a file before anybody knows what it means: its encoding, its cells, the heading of a sheet."""

"""The dashboard: what a case comes to in figures, beside the review list."""

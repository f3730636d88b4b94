"""The check of a register: everything that makes it untrustworthy, as problems with a place and a remedy."""

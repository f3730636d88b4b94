"""What is to be said about the register, rule by rule: pure functions from frames to findings."""

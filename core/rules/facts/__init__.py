"""What several rules need to know, worked out from the register once: states, permits, amounts, papers."""

"""The review dock: findings, what they rest on, and the decisions of persons on them."""

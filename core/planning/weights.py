"""What using a well costs in plans of pairs and in pairs by hand, unless somebody says otherwise.

They stand apart from the mathematics, since parameters are declared where its packages may be missing.
"""

DISTANCE, VOLUME, UNSEALED = 1.0, 0.0, 0.0
"""Per kilometre, per 万m³ of permitted volume given up, for a well that still has to be sealed."""

"""The invented jurisdiction: geography, register and the violations planted in it.

Everything here is made up. The counties carry the names and codes of the policy so that it applies to them; their
borders, townships, zones, fields and wells are drawn from formulas with a fixed seed and describe no real place.
Lengths are metres in a local frame (x east, y north) that :mod:`.frame` puts onto the ground.
"""

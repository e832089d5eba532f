"""In what two faces may be alike."""

FACTORS = ("embedding", "geometry", "age", "symmetry", "skin_tone", "expression")

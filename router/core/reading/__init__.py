"""What a strong model makes of another's draft: it reads it in one pass and says how likely each token was to it."""

"""Rules: plain functions named as the sentence that should be true, in tuples."""

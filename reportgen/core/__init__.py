"""The domain: records and pure functions. No file, clock, environment or office library is imported here."""

"""The domain: pure rules on plain values, standard library only, no storage, no clock, no network."""

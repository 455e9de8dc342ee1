"""The HTTP edge: wire models, problems, the caller's identity, and the resolver that binds them."""

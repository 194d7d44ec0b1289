"""Long work that somebody waits for: begun by one request, done in steps by workers, looked at.

A context registers what it can do (`works.register`), begins an operation (`service.begin`) and
answers 202 with where to look. Each step is one transaction together with the place it leaves
behind, so a worker may be killed at any moment and another goes on with the next step.
"""

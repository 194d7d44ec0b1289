"""The long trials: one shop of their own, one line of JSON each, each with a control that fails."""

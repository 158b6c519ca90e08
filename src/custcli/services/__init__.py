"""STEPS: load, apply rules, save; inside one transaction."""

"""RULES: values, thresholds, formulas, validators, layout recognition; pure: no clock, file, session, print."""

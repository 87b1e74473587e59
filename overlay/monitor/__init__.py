"""Self-monitoring: a student's own expressions over time, kept on their own computer."""

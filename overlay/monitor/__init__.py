"""Self-monitoring: one student's own expressions over time, kept on their own machine."""

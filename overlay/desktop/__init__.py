"""What this desktop offers: a tray, and the system's PyGObject."""

"""What this desktop has: a place for tray icons, and the system's PyGObject."""

"""What this desktop offers: a tray, notifications, hotkeys."""

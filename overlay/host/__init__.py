"""What the application needs of the machine it runs on: files, folders, threads, the terminal."""

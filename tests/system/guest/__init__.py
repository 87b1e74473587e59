"""What runs inside the machine: the application, the programs that read its camera, a judge."""

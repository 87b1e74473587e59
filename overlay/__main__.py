"""`python -m overlay` is `emotion-overlay`."""


def main() -> None:
    """Run the command line, and end whatever hangs then."""
    # Here, because processes of windows import this module again, and need none of it.
    from overlay import cli
    from overlay.host.device_thread import ending_in_spite_of_hangs
    from overlay.host.interrupts import interrupts

    with ending_in_spite_of_hangs(), interrupts(last=True):
        cli.main()


if __name__ == "__main__":
    main()

"""What runs in the process of a PipeWire camera: GStreamer, fed through standard input.

The system's Python runs this file, because it is the one for which distributions build GStreamer's
binding; so nothing of the application can be imported here. Says `ready`, `missing WHAT` or
`failed WHY`, a line each, and ends with its input.
"""

import sys


def main() -> None:
    """Run the pipeline that the first argument describes."""
    try:
        import gi

        gi.require_version("Gst", "1.0")
        from gi.repository import GLib, Gst
    except (ImportError, ValueError) as error:
        print("missing", error)
        return
    Gst.init(None)
    try:
        pipeline = Gst.parse_launch(sys.argv[1])
    except GLib.Error as error:
        print("missing", error.message)
        return
    pipeline.set_state(Gst.State.PLAYING)
    bus = pipeline.get_bus()
    kinds = Gst.MessageType.ASYNC_DONE | Gst.MessageType.ERROR | Gst.MessageType.EOS
    while message := bus.timed_pop_filtered(Gst.CLOCK_TIME_NONE, kinds):
        if message.type == Gst.MessageType.ASYNC_DONE:
            print("ready", flush=True)
        elif message.type == Gst.MessageType.EOS:
            break
        else:
            reason, _ = message.parse_error()
            # So does pipewiresink 1.4.2 call it when a reader leaves; it serves the next one.
            if not reason.matches(Gst.ResourceError.quark(), Gst.ResourceError.NOT_FOUND):
                print("failed", reason.message)
                break
    pipeline.set_state(Gst.State.NULL)


if __name__ == "__main__":
    main()

"""The process of a PipeWire camera: GStreamer, fed through standard input.

It runs with the system's Python, for which distributions build GStreamer's binding, so it cannot
import anything of the application. It prints `ready`, `missing WHAT` or `failed WHY`, one per
line, and ends when its input does.
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
            # pipewiresink 1.4.2 reports this when a reader leaves, and then serves the next one.
            if not reason.matches(Gst.ResourceError.quark(), Gst.ResourceError.NOT_FOUND):
                print("failed", reason.message)
                break
    pipeline.set_state(Gst.State.NULL)


if __name__ == "__main__":
    main()

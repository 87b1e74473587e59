"""The windows and dialogs, on Qt, each in a process of its own.

A window is a client of the running application like any other: it gets frames through shared
memory and does everything else over the control channel, so that it can hang or crash and the
call's video goes on. Nothing here imports OpenCV, whose wheels bring a Qt of their own, or
anything else that is large.
"""

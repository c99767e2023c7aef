"""Ctrl-C and SIGTERM that wait until what was done is saved."""

import signal
import threading


class Interruption:
    """Let Ctrl-C and SIGTERM wait in a ``with`` block while there is work to save.

    It concerns signals that Python code handles: Ctrl-C by default, and SIGTERM in the
    command line. A second signal does not wait. In other threads than the main one
    nothing waits.

    Attributes
    ----------
    unsaved : bool
        Whether there is work to save: signals wait.
    requested : bool
        Whether a signal waits. Save, then call `deliver`.
    """

    def __init__(self):
        self.unsaved = self.requested = False
        self._handlers = {}
        self._number = None

    def __enter__(self):
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                handler = signal.getsignal(number)
                if callable(handler):
                    self._handlers[number] = handler
                    signal.signal(number, self._receive)
        return self

    def __exit__(self, kind, error, traceback):
        for number, handler in self._handlers.items():
            # The handler may have put another one in its place.
            if signal.getsignal(number) == self._receive:
                signal.signal(number, handler)
        if kind is None:
            self.deliver()

    def _receive(self, number, frame):
        is_second, self.requested, self._number = self.requested, True, number
        if is_second or not self.unsaved:
            self.deliver()

    def deliver(self):
        """Let a signal that waits do what it does: most raise KeyboardInterrupt."""
        if self.requested:
            self.requested = False
            self._handlers[self._number](self._number, None)

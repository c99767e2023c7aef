"""Ctrl-C and SIGTERM wait until what was done is saved."""

import os
import signal
import threading

import pytest

from ssgan.support.interruption import Interruption


@pytest.fixture(params=[signal.SIGINT, signal.SIGTERM])
def number(request):
    def stop(number, frame):
        raise KeyboardInterrupt(number)

    before = signal.signal(request.param, stop)
    yield request.param
    assert signal.signal(request.param, before) == stop


def send(number):
    os.kill(os.getpid(), number)


def test_signal_waits_while_there_is_something_to_save(number):
    with pytest.raises(KeyboardInterrupt) as raised, Interruption() as interruption:
        interruption.unsaved = True
        send(number)
        assert interruption.requested
        interruption.deliver()
    assert raised.value.args == (number,)


def test_signal_does_not_wait_while_there_is_nothing_to_save(number):
    interruption = Interruption()
    with pytest.raises(KeyboardInterrupt), interruption:
        send(number)
    assert not interruption.requested


def test_second_signal_does_not_wait(number):
    with Interruption() as interruption:
        interruption.unsaved = True
        send(number)
        with pytest.raises(KeyboardInterrupt):
            send(number)


def test_signal_that_waits_comes_at_the_end(number):
    interruption = Interruption()
    with pytest.raises(KeyboardInterrupt), interruption:
        interruption.unsaved = True
        send(number)
    # An error is not hidden by it.
    with pytest.raises(ZeroDivisionError), interruption:
        send(number)
        raise ZeroDivisionError
    assert interruption.requested


def test_default_of_sigterm_stays():
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    with Interruption():
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_other_threads_leave_signals_alone(number):
    def check():
        with Interruption():
            seen.append(signal.getsignal(number))

    seen, handler = [], signal.getsignal(number)
    thread = threading.Thread(target=check)
    thread.start()
    thread.join()
    assert seen == [handler]

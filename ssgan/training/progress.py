"""Show progress and time remaining."""

import time

import keras
import rich.console
import rich.markup
import rich.progress

REDRAW_SECONDS = 0.2
LINE_SECONDS = 5


class Progress(keras.callbacks.Callback):
    """Show steps, loss, error and time left.

    On a terminal this is a live bar. Elsewhere it is a plain line for about every tenth
    of the run, at least five seconds apart, so that logs stay readable. A resumed run
    starts where it stopped. The error is that of the validation part, if `fit` has one,
    or else that of the labeled examples in the batches of the current epoch, which says
    little about new examples. Each member of an ensemble is numbered.

    Parameters
    ----------
    description : str, default="training"
        A name for the run, such as "mnist@100-seed0".
    console : rich.console.Console or None, default=None
        Where to print; by default stderr.
    live : bool, default=True
        Whether to draw the bar. Not if several runs share a terminal.

    Attributes
    ----------
    first_step : int or None
        Step at which `fit` first began: above 0 in a resumed run.

    Examples
    --------
    >>> from ssgan import SSGANClassifier
    >>> with_progress = SSGANClassifier(callbacks=[Progress("digits@50-seed0")])
    """

    def __init__(self, description="training", console=None, live=True):
        super().__init__()
        self.description = description
        self.console = console or rich.console.Console(stderr=True)
        self.live = live and self.console.is_terminal
        self.first_step = None
        self._bar = None

    def on_train_begin(self, logs=None):
        self.close()
        # `ssgan.training.loop` may end it within the last epoch.
        most = self.params["epochs"] * self.params["steps"]
        self._total = self.params.get("last_step", most)
        index, members = self.params.get("member", (0, 1))
        numbered = f", member {index + 1} of {members}" if members > 1 else ""
        self._name = self.description + numbered
        self._validation = None
        self._epoch_start = self._start = None

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch_start = int(self.model.steps_done.numpy())
        if self._start is None:
            self._begin(self._epoch_start)

    def _begin(self, step):
        self._start = (step, time.monotonic())
        self._timed_from = None
        self._drawn = float("-inf") if self.live else time.monotonic()
        self._next_line = step
        if self.first_step is None:
            self.first_step = step
        if not self.live:
            return
        columns = (
            "{task.description}",
            "{task.completed}/{task.total}",
            "{task.fields[news]}",
        )
        text = [rich.progress.TextColumn(c, markup=False) for c in columns]
        self._bar = rich.progress.Progress(
            text[0],
            rich.progress.BarColumn(),
            *text[1:],
            console=self.console,
            auto_refresh=False,
        )
        self._task = self._bar.add_task(
            self._name, total=self._total, completed=step, news="compiling"
        )
        self._bar.start()

    def on_train_batch_end(self, batch, logs=None):
        now, step = time.monotonic(), self._epoch_start + batch + 1
        if self._timed_from is None:  # The first call compiles, so it does not count.
            self._timed_from = (step, now)
        if self._bar is not None:
            if now - self._drawn >= REDRAW_SECONDS:
                self._drawn = now
                self._show(step, logs, now)
        elif self._next_line <= step < self._total and (
            now - self._drawn >= LINE_SECONDS
        ):
            self._drawn = now
            self._next_line = step + self._total / 10
            self._show(step, logs, now)

    def on_epoch_end(self, epoch, logs=None):
        if logs and "val_accuracy" in logs:
            self._validation = 1 - float(logs["val_accuracy"])

    def on_train_end(self, logs=None):
        if self._start is None:  # The run had already ended.
            return
        step = int(self.model.steps_done.numpy())
        self._show(step, logs or {}, time.monotonic())
        self.close()

    def close(self):
        """Release the terminal, also after an interrupted run."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _show(self, step, logs, now):
        news = self._news(step, logs, now)
        if self._bar is None:
            line = f"{self._name}: {step}/{self._total}  {news}"
            self.console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            self._bar.update(self._task, completed=step, news=news, refresh=True)

    def _news(self, step, logs, now):
        news = []
        if "loss" in logs:
            news.append(f"loss {float(logs['loss']):.3f}")
        if self._validation is not None:
            news.append(f"validation error {100 * self._validation:.2f} %")
        elif "accuracy" in logs:
            news.append(f"labeled error {100 * (1 - float(logs['accuracy'])):.2f} %")
        if step >= self._total:
            news.append(f"{duration(now - self._start[1])} in total")
        elif step > self._timed_from[0]:
            pace = (now - self._timed_from[1]) / (step - self._timed_from[0])
            news.append(f"{duration(pace * (self._total - step))} left")
        return "  ".join(news)


def track(items, description, console=None):
    """Yield the parts of a task, and show how much is done and the time left.

    On a terminal this is a live bar, elsewhere a plain line for about every tenth of
    the task, at least five seconds apart.

    Parameters
    ----------
    items : sequence
    description : str
    console : rich.console.Console or None, default=None
        Where to print; by default stderr.
    """
    console = console or rich.console.Console(stderr=True)
    if console.is_terminal:
        description = rich.markup.escape(description)
        yield from rich.progress.track(items, description, console=console)
        return
    shown, next_line, timed_from = time.monotonic(), len(items) / 10, None
    for done, item in enumerate(items):
        now = time.monotonic()
        if done == 1:  # The first part compiles, so it does not count.
            timed_from = now
        elif done >= max(2, next_line) and now - shown >= LINE_SECONDS:
            shown, next_line = now, done + len(items) / 10
            left = (now - timed_from) / (done - 1) * (len(items) - done)
            line = (
                f"{description}: {100 * done / len(items):.0f} %  {duration(left)} left"
            )
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        yield item


def duration(seconds):
    """Return 75 seconds as "1:15", and 3675 seconds as "1:01:15"."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"

"""Progress on the terminal: a bar where there is one, a line at the end where there is none."""

import sys
import time

WIDTH = 30


class Bar:
    """A bar for `total` steps; `with Bar("recording", 600) as bar: bar.step()`."""

    def __init__(self, words, total):
        self.words, self.total, self.done = words, total, 0
        self.started = time.monotonic()

    def step(self, count=1):
        """Another `count` steps are done."""
        self.done += count
        if sys.stderr.isatty():
            filled = WIDTH * self.done // max(self.total, 1)
            bar = "#" * filled + "." * (WIDTH - filled)
            print(f"\r  {self.words:<44} [{bar}] {self.done}/{self.total} ", end="", file=sys.stderr, flush=True)

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr)
        seconds = time.monotonic() - self.started
        print(f"  {self.words:<52} {self.done:>4}  {seconds:5.1f} s", flush=True)

#!/usr/bin/env python3
"""Copies between a pseudo-terminal and standard input and output; prints the terminal's path to standard error.

The terminal is unplugged when this ends, which it does at the end of its input."""

import os
import pty
import selectors
import sys
import tty

here, there = pty.openpty()
tty.setraw(there)
path = os.ttyname(there)
print(path, file=sys.stderr, flush=True)
if len(sys.argv) > 1:
    os.symlink(path, sys.argv[1] + ".new")
    os.rename(sys.argv[1] + ".new", sys.argv[1])
selector = selectors.DefaultSelector()
selector.register(0, selectors.EVENT_READ)
selector.register(here, selectors.EVENT_READ)
while True:
    for key, _ in selector.select():
        data = os.read(key.fd, 4096)
        if not data:
            sys.exit(0)
        os.write(here if key.fd == 0 else 1, data)

"""Runs a command in a terminal of 101x33 and plays steps on it; prints what it showed, ends as it did.

Steps are `expect:TEXT` (wait until it is shown), `send:TEXT` (type it) and `size:COLUMNSxROWS`, one per line of stdin.
"""
import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

LIMIT_SECONDS = 90


def resize(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def main():
    steps = sys.stdin.read().splitlines()
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(sys.argv[1], sys.argv[1:])
    resize(terminal, 101, 33)
    shown, seen, is_open = b"", 0, True
    end = time.time() + LIMIT_SECONDS

    def read():
        nonlocal shown, is_open
        ready, _, _ = select.select([terminal], [], [], 0.2)
        if not ready:
            return
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            chunk = b""
        shown += chunk
        is_open = chunk != b""

    for step in steps:
        action, _, text = step.partition(":")
        if action == "send":
            os.write(terminal, text.encode() + b"\n")
        elif action == "size":
            resize(terminal, *map(int, text.split("x")))
        else:
            while text.encode() not in shown[seen:] and is_open and time.time() < end:
                read()
            seen = shown.find(text.encode(), seen) + len(text)
    while is_open and time.time() < end:
        read()
    if is_open:
        os.kill(child, 9)
    _, status = os.waitpid(child, 0)
    sys.stdout.write(shown.decode(errors="replace"))
    sys.exit(os.waitstatus_to_exitcode(status) if not is_open else 124)


main()

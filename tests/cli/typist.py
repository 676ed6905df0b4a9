#!/usr/bin/env python3
"""Answers what a command asks at a terminal.

typist.py SEEN [QUESTION ANSWER]... -- COMMAND...: when the terminal shows QUESTION, types ANSWER and the return key;
^C is that key. Writes what the terminal showed to the file SEEN, and prints how the command ended: "exit 2" or
"signal 2". Fails when a question does not come, when an answer is typed before echo is off, and when the command leaves
the terminal without it."""
import os
import pty
import select
import sys
import termios
import time

PATIENCE = 60
INTERRUPT = b"\x03"


class Person:
    def __init__(self, command):
        self.child, self.terminal = pty.fork()
        if self.child == 0:
            os.execvp(command[0], command)
        self.seen = b""
        self.read = 0  # of it, by the questions so far

    def look(self):
        """Whether there is more to come."""
        if not select.select([self.terminal], [], [], 0.1)[0]:
            return True
        try:
            self.seen += os.read(self.terminal, 65536)
            return True
        except OSError:  # the command has ended
            return False

    def echoes(self):
        return bool(termios.tcgetattr(self.terminal)[3] & termios.ECHO)

    def wait_for(self, question):
        deadline = time.monotonic() + PATIENCE
        while question not in self.seen[self.read:]:
            if time.monotonic() > deadline or not self.look():
                sys.exit(f"not asked: {question!r} after {self.seen[self.read:]!r}")
        self.read = self.seen.index(question, self.read) + len(question)

    def answer(self, question, answer):
        self.wait_for(question)
        if self.echoes():
            sys.exit(f"the answer to {question!r} would be seen")
        os.write(self.terminal, INTERRUPT if answer == b"^C" else answer + b"\n")

    def outcome(self):
        deadline = time.monotonic() + PATIENCE
        while self.look():
            if time.monotonic() > deadline:
                sys.exit(f"still there after {self.seen[self.read:]!r}")
        _, status = os.waitpid(self.child, 0)
        if not self.echoes():
            sys.exit("echo is off at the end")
        return f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"exit {os.WEXITSTATUS(status)}"


def main(file, *words):
    words = [os.fsencode(word) for word in words]
    end = words.index(b"--")
    person = Person(words[end + 1:])
    try:
        for question, answer in zip(words[0:end:2], words[1:end:2]):
            person.answer(question, answer)
        print(person.outcome())
    finally:
        with open(file, "wb") as seen:
            seen.write(person.seen)


main(*sys.argv[1:])

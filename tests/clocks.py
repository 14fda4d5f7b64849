"""Clocks that are wrong, by libfaketime (Debian's faketime)."""

import glob
import subprocess

from shell import call_lib, service_prefix

[FAKETIME] = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")


class Clock:
    """The clock of a stack's PostgreSQL, which decides what is due. PostgreSQL is started anew for it."""

    def __init__(self, stack):
        self.file = stack.state / "clock"
        self.file.touch()
        self.file.chmod(0o644)
        self.move("+0")
        postgres = stack.postgres
        postgres.stop("fast")
        program = call_lib("pg_bin", postgres.state).strip() + "/pg_ctl"
        subprocess.run([*service_prefix(), "env", f"LD_PRELOAD={FAKETIME}", f"FAKETIME_TIMESTAMP_FILE={self.file}",
                        "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1", program, "start", "-s", "-w",
                        "-D", postgres.state / "pg", "-l", postgres.state / "logs" / "postgres.log",
                        "-o", postgres.options], cwd="/", check=True, stdout=subprocess.DEVNULL)

    def move(self, offset):
        """So far from the right time ("+1d", "-90m"), in the statements to come."""
        self.file.write_text(offset)

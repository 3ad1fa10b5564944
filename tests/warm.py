"""``cleaner`` that starts at once: a process with everything loaded forks for each call. For tests that call it often."""

import atexit
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import traceback
from functools import cache
from pathlib import Path

from tests.conftest import ROOT

_COMMAND = """\
#!{python} -IS
import json, os, signal, socket, sys
if sys.argv[1:2] == ["review"]:  # serves until a signal comes, which must reach it, also where a shell had it ignored
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.execv({python!r}, [{python!r}, "-m", "cleaner", *sys.argv[1:]])
with socket.socket(socket.AF_UNIX) as warm:
    warm.connect({address!r})
    call = {{"argv": sys.argv, "cwd": os.getcwd(), "environ": dict(os.environ)}}
    socket.send_fds(warm, [json.dumps(call).encode() + b"\\n"], [0, 1, 2])
    sys.exit(int(warm.recv(16)))
"""


def run_cleaner(*arguments, **more):
    """``subprocess.run`` of ``cleaner`` with these arguments; status and streams are those of the installed one."""
    command = [programs() / "cleaner", *map(str, arguments)]
    return subprocess.run(command, **{"capture_output": True, "check": False} | more)


@cache
def programs():
    """A folder for ``PATH`` with a ``cleaner`` in it that behaves like the installed one; it lasts as long as the tests."""
    made = tempfile.TemporaryDirectory()
    atexit.register(made.cleanup)
    folder = Path(made.name)
    address, command = folder / "socket", folder / "cleaner"
    command.write_text(_COMMAND.format(python=sys.executable, address=str(address)))
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    path = {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    server = [sys.executable, "-m", "tests.warm", str(address)]
    process = subprocess.Popen(server, stdout=subprocess.PIPE, cwd=ROOT, env=os.environ | path)
    atexit.register(process.communicate)
    atexit.register(process.kill)
    assert process.stdout.readline() == b"ready\n"
    return folder


def serve(address):
    """Fork for each call, forever."""
    from cleaner.batch import supervise  # noqa: PLC0415
    from tests import loaded  # noqa: F401, PLC0415

    supervise.START = "fork"
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen()
        print("ready", flush=True)
        while True:
            call, _ = server.accept()
            if os.fork() == 0:
                _answer(call)
            call.close()


def _answer(call):
    from cleaner.cli import main  # noqa: PLC0415

    data, streams, _, _ = socket.recv_fds(call, 1 << 20, 3)
    while not data.endswith(b"\n"):
        data += call.recv(1 << 20)
    asked = json.loads(data)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin, sys.stdout, sys.stderr = (open(number, mode) for number, mode in enumerate(("r", "w", "w")))  # noqa: PTH123, SIM115
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["environ"])
    sys.argv = asked["argv"]
    status = 1
    try:
        main()
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        call.sendall(b"%d" % status)
        os._exit(status)


if __name__ == "__main__":
    serve(Path(sys.argv[1]).as_posix())

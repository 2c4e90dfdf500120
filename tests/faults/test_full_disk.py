"""A state directory on a disk that is full from the start, or becomes so."""

from pathlib import Path

from supervisor.errors import ExitCode
from tests.small_disk import on_tmpfs

_RUN = """
import json, os, subprocess, sys
disk = sys.argv[1]
config = os.path.join(disk, "autopilot.toml")
open(config, "w").write('[autopilot]\\ncommand = %s\\n[restart]\\nwhen = "never"\\n')
if %r:
    ballast = os.open(os.path.join(disk, "ballast"), os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(ballast, bytes(4096)):
            pass
    except OSError:
        os.close(ballast)
done = subprocess.run([sys.executable, "-m", "supervisor", "run", config], capture_output=True,
    text=True, env={**os.environ, "XDG_STATE_HOME": disk + "/state",
    "TMPDIR": disk + "/tmp"}, stdin=subprocess.DEVNULL)
print(json.dumps([done.returncode, done.stdout, done.stderr]))
"""


def test_full_disk_refuses_the_start(tmp_path: Path) -> None:
    """One line with the place and the remedy, and nothing was started."""
    code, out, err = on_tmpfs(_RUN % ('["echo", "never"]', True), tmp_path / "disk")

    assert code == ExitCode.NO_STATE
    assert out == ""
    assert len(err.splitlines()) == 1
    assert "state.dir" in err


def test_disk_that_fills_up_does_not_stop_the_run(tmp_path: Path) -> None:
    """What the disk does not take is counted and told; the run ends as it would have."""
    noise = '["sh", "-c", "head -c 3000000 /dev/urandom; exit 7"]'
    code, out, err = on_tmpfs(_RUN % (noise, False), tmp_path / "disk")

    assert code == ExitCode.FAILED
    assert "exited with 7" in out
    assert "output not kept" in out
    assert "survivors 0" in out
    assert err == ""

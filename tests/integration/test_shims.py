"""Tools behind shims: whoever calls one sees what it would see without."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from supervisor.errors import ExitCode
from supervisor.pool.client import find_tool
from supervisor.pool.shims import open_shims
from tests.children import unique_s
from tests.supervised import ROOT, Desk

BASH = shutil.which("bash") or "/bin/bash"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def tools(desk: Desk) -> Path:
    """A folder on the desk's PATH for tools that exist nowhere else."""
    folder = desk.folder / "tools"
    folder.mkdir()
    desk.environ["PATH"] = f"{folder}:{os.environ['PATH']}"
    return folder


def put(tools: Path, name: str, script: str, first_line: str = "#!/bin/sh") -> Path:
    """A tool that is a script."""
    tool = tools / name
    tool.write_text(f"{first_line}\n{script}\n")
    tool.chmod(0o755)
    return tool


def shimmed(desk: Desk, script: str, tools: list[str], more: str = "", shell: str = "sh") -> str:
    """What a run's shell script prints; it must succeed."""
    output = desk.folder / "output"
    command = [shell, "-c", f"exec >{output} 2>&1\n{script}"]
    done = desk.run(desk.write(command, f"[pool]\ntools = {json.dumps(tools)}\n{more}"))
    assert done.returncode == ExitCode.OK, done.stdout + done.stderr + output.read_text()
    return output.read_text()


def test_tool_finds_what_it_would_find_without(desk: Desk, tools: Path) -> None:
    """Name, arguments, folder, environment, umask, niceness and descriptors are the caller's."""
    look = (
        f'exec {sys.executable} -IS -c "import os, sys; e = dict(os.environb);'
        " [e.pop(name, 0) for name in (b'SUPERVISE_SLOT', b'SUPERVISE_TOOL', b'LC_CTYPE', b'_')];"
        " e[b'PATH'] = e[b'PATH'].rpartition(b'/run/bin:')[2];"
        " print(sys.argv[1:], os.getcwd(), sorted(e.items()), os.umask(0),"
        " os.getpriority(0, 0), [fd for fd in range(10) if os.path.exists(f'/proc/self/fd/{fd}')])"
        '" "$@"'
    )
    put(tools, "look", look)
    script = f"""
cd /
umask 027
export FOREIGN=$(printf 'a\\377b') EMPTY= LINES_='1
2'
for tool in {tools}/look look; do
    nice -n 7 $tool 'a b' '' "$(printf '\\377')" '*' 5<&0 <&- 7>&1
done
env -i PATH="$PATH" {tools}/look
env -i PATH="$PATH" look
"""
    same_temp = "[scratch]\nper_call = false\n"
    printed = shimmed(desk, script, ["look"], same_temp)
    bare, seen, bare_empty, seen_empty = printed.splitlines()
    assert seen == bare
    assert "LC_CTYPE" not in seen_empty
    assert seen_empty == bare_empty


def test_limits_are_the_callers(desk: Desk, tools: Path) -> None:
    """A cap that somebody set with ulimit holds for the tool, and ours do as well."""
    put(tools, "limits", "ulimit -a -S; ulimit -a -H")
    caps = "ulimit -S -n 200; ulimit -v 400000; ulimit -c 0; ulimit -t 77"
    said = shimmed(desk, f"{caps}; {tools}/limits; echo; limits", ["limits"])
    bare, seen = said.split("\n\n")
    assert seen.strip() == bare.strip()
    assert "400000" in seen


def test_call_goes_through_the_pool(desk: Desk, tools: Path) -> None:
    """It has a slot, at most so many at once have one, and it is stopped with its caller."""
    put(tools, "slotted", 'echo "${SUPERVISE_SLOT:-none}"')
    said = shimmed(desk, f"slotted; {tools}/slotted; command -v slotted", ["slotted"])
    slot, none, shim = said.splitlines()
    assert len(slot) == 16
    assert none == "none"
    assert shim.endswith("/run/bin/slotted")
    assert not list(desk.folder.glob("state/supervise/*/run/bin"))


def test_tools_below_a_tool_need_no_slot(desk: Desk, tools: Path) -> None:
    """Neither as tools, nor as shims, nor where the environment was emptied."""
    put(tools, "inner", "echo inner ${SUPERVISE_SLOT:+in a slot}")
    bare = 'env -i PATH="$PATH"'
    put(tools, "outer", f"inner; $SHIM; {bare} $SHIM; {bare} sh -c '{bare} $0 | cat' $SHIM")
    script = 'SHIM=$(command -v inner) outer; supervise-shell "inner | cat"'
    said = shimmed(desk, script, ["outer", "inner"], 'size = 1\nwait = "5s"\n')
    assert said == "inner in a slot\n" * 5


def test_tool_finds_itself(desk: Desk, tools: Path) -> None:
    """By its name and PATH, as cmake and gcc do; not even bash below it brings the shims back."""
    put(tools, "tool", "command -v tool; bash -c 'command -v tool'")
    script = f'tool; {BASH} -c tool; supervise-shell "command -v tool; bash -c tool"'
    own = f"{tools}/tool"
    lines = shimmed(desk, script, ["tool"]).splitlines()
    assert lines[:4] + lines[5:] == [own] * 6
    assert lines[4].endswith("/run/bin/tool")


def test_missing_tool_is_missing(desk: Desk, tools: Path) -> None:
    """Who looks whether a tool is there is told the truth; once it is installed it has a shim."""
    put(tools, "install", f"printf '#!/bin/sh\\necho late\\n' >{tools}/late; chmod +x {tools}/late")
    script = (
        "command -v late; echo $?; late; echo $?; install; late; command -v late;"
        f"rm {tools}/late; late; echo $?"
    )
    said = shimmed(desk, script, ["install", "late"])
    begin, late, shim, *end = said.splitlines()[2:]
    assert said.splitlines()[0] == "127"
    assert "not found" in said.splitlines()[1]
    assert begin == "127"
    assert late == "late"
    assert shim.endswith("/run/bin/late")
    assert end == ["late: command not found", "127"]


@pytest.mark.parametrize("options", ["-c", "-lc", "-xc", "-euo pipefail -lc"])
def test_bash_finds_shims_after_its_profile(desk: Desk, tools: Path, options: str) -> None:
    """A login shell's /etc/profile begins PATH anew; the user's own BASH_ENV is read as well."""
    put(tools, "tool", "echo ran in ${SUPERVISE_SLOT:-no slot}")
    (tools / "it's mine").write_text("MINE=mine\n")
    desk.environ |= {"PLACE": str(tools), "BASH_ENV": "$PLACE/it's mine"}
    line = f"echo $MINE; PATH=$PATH:{tools}; tool; bash -c true; echo $PATH"
    said = shimmed(desk, f"{BASH} {options} '{line}' 2>/dev/null", ["tool"])
    mine, ran, path = said.splitlines()
    assert mine == "mine"
    assert "no slot" not in ran
    assert path.split(":")[0].endswith("/run/bin")
    assert path.count("/run/bin") == 1


@pytest.mark.parametrize("shell", ["dash", "zsh", "ksh", "mksh", "fish", "busybox"])
def test_other_shells_find_shims(desk: Desk, tools: Path, shell: str) -> None:
    """They inherit PATH and leave it alone."""
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"{shell.upper()} NOT TESTED: IT IS NOT INSTALLED")
    put(tools, "tool", "echo ran in ${SUPERVISE_SLOT:-no slot}")
    words = f"{path} sh" if shell == "busybox" else path
    assert "no slot" not in shimmed(desk, f"{words} -c tool", ["tool"])


def test_bash_tells_nothing_of_ours_when_it_traces(desk: Desk) -> None:
    """A script's trace is part of its output."""
    assert shimmed(desk, f"{BASH} -xc 'echo hi'", ["true"]) == "+ echo hi\nhi\n"


def test_endings_are_the_tools(desk: Desk, tools: Path) -> None:
    """Exit codes and signals, as a shell and as a parent see them."""
    put(tools, "end", "case $1 in [0-9]*) exit $1 ;; esac; kill -$1 $$; sleep 9")
    words = ["0", "1", "127", "255", "TERM", "KILL", "INT", "QUIT", "ABRT", "PIPE", "USR1"]
    driver = (
        "import subprocess, sys\n"
        "for word in sys.argv[2:]:\n"
        "    print(subprocess.run([sys.argv[1], word]).returncode)\n"
    )
    (tools / "driver.py").write_text(driver)
    script = f"for tool in end {tools}/end; do {sys.executable} {tools}/driver.py $tool"
    lines = shimmed(desk, f"{script} {' '.join(words)}; done", ["end"]).splitlines()
    assert lines[: len(words)] == lines[len(words) :]
    assert lines[4] == str(-signal.SIGTERM)


def test_script_without_a_first_line_is_the_shells(desk: Desk, tools: Path) -> None:
    """As execvp(3) has it."""
    tool = tools / "plain"
    tool.write_text("echo plain $1\n")
    tool.chmod(0o755)
    assert shimmed(desk, "env plain x", ["plain"]) == "plain x\n"


@pytest.mark.parametrize("name", ["INT", "TERM", "HUP", "QUIT", "USR1", "USR2", "WINCH"])
def test_signals_reach_the_tool(desk: Desk, tools: Path, name: str) -> None:
    """A handler of the tool's decides what they do."""
    forever = unique_s()
    put(tools, "waits", f"trap 'echo got; exit 5' {name}; echo up; sleep {forever} & wait")
    driver = (
        "import signal, subprocess, sys\n"
        "with subprocess.Popen(['waits'], stdout=subprocess.PIPE) as tool:\n"
        "    print(tool.stdout.readline())\n"
        f"    tool.send_signal(signal.SIG{name})\n"
        "    print(tool.stdout.read(), tool.wait())\n"
    )
    (tools / "driver.py").write_text(driver)
    said = shimmed(desk, f"{sys.executable} {tools}/driver.py", ["waits"])
    assert said == "b'up\\n'\nb'got\\n' 5\n"


def test_signal_ends_who_stands_in_the_queue(desk: Desk, tools: Path) -> None:
    """timeout(1) ends a tool that has not begun, and its place goes to the next."""
    put(tools, "holds", "sleep 3")
    put(tools, "waits", "echo ran")
    script = "holds & sleep 0.5; timeout 0.5 waits; echo $?; waits"
    said = shimmed(desk, script, ["holds", "waits"], "size = 1\n")
    assert said == "124\nran\n"


def test_stopped_and_continued_with_its_caller(desk: Desk, tools: Path) -> None:
    """Ctrl-Z holds all of the tool still, and fg lets it go on."""
    put(tools, "counts", "while :; do echo x; sleep 0.05; done")
    driver = (
        "import os, signal, subprocess, sys, time\n"
        "with subprocess.Popen(['counts'], stdout=open('count', 'w')) as tool:\n"
        "    size = lambda: os.path.getsize('count')\n"
        "    while not size(): time.sleep(0.01)\n"
        "    tool.send_signal(signal.SIGTSTP)\n"
        "    os.waitid(os.P_PID, tool.pid, os.WSTOPPED)\n"
        "    time.sleep(1); before = size(); time.sleep(0.5); print(size() == before)\n"
        "    tool.send_signal(signal.SIGCONT)\n"
        "    while size() == before: time.sleep(0.01)\n"
        "    tool.kill()\n"
    )
    (tools / "driver.py").write_text(driver)
    script = f"cd {tools}; {sys.executable} driver.py"
    assert shimmed(desk, script, ["counts"]) == "True\n"


def test_conversation_and_early_end(desk: Desk, tools: Path) -> None:
    """A tool that answers line by line, and a reader that has seen enough."""
    put(tools, "answers", 'while read -r line; do echo "<$line>"; done')
    put(tools, "floods", "while :; do echo line || exit; done")
    driver = (
        "import subprocess\n"
        "pipe = subprocess.PIPE\n"
        "with subprocess.Popen(['answers'], stdin=pipe, stdout=pipe, bufsize=0) as tool:\n"
        "    for number in range(3):\n"
        "        tool.stdin.write(b'%d\\n' % number)\n"
        "        print(tool.stdout.readline())\n"
        "    tool.stdin.close()\n"
    )
    (tools / "driver.py").write_text(driver)
    script = f"{sys.executable} {tools}/driver.py; floods | head -n 1; echo x | answers | cat"
    said = shimmed(desk, script, ["answers", "floods"])
    assert said == "b'<0>\\n'\nb'<1>\\n'\nb'<2>\\n'\nline\n<x>\n"


def test_terminal_is_the_tools(desk: Desk, tools: Path) -> None:
    """It has it as its streams, though not as what controls it, and hears of its size."""
    put(tools, "tty", "test -t 0 && test -t 1 && stty size; trap 'stty size; exit' WINCH; "
        "echo ready; while :; do sleep 0.05; done")  # fmt: skip
    desk.write([sys.executable, str(ROOT / "tests" / "on_terminal.py"), "tty"],
               '[pool]\ntools = ["tty"]\n')  # fmt: skip
    done = desk.run("run", desk.config)
    assert done.returncode == ExitCode.OK, done.stdout
    assert (desk.folder / "said").read_text().split() == ["24", "80", "ready", "30", "100"]


def test_environment_and_arguments_up_to_the_kernels_limit(desk: Desk, tools: Path) -> None:
    """A megabyte of each, of bytes that are no text."""
    put(tools, "sums", 'printf %s "$@" | cksum; printf %s "$BIG" | cksum')
    driver = (
        "import os, subprocess, sys\n"
        "word = bytes(range(1, 256)) * 400\n"
        "env = os.environb | {b'BIG': word} | {b'BIG%d' % n: word for n in range(8)}\n"
        "for tool in sys.argv[1:]:\n"
        "    subprocess.run([tool, *[word] * 8], env=env, check=True)\n"
    )
    (tools / "driver.py").write_text(driver)
    script = f"{sys.executable} {tools}/driver.py {tools}/sums sums"
    lines = shimmed(desk, script, ["sums"]).splitlines()
    assert lines[:2] == lines[2:]
    assert len(lines) == 4


def test_missing_supervisor_is_told_once_and_harms_nobody(tmp_path: Path) -> None:
    """Tools run without slots, at once."""
    tool = put(tmp_path, "tool", "echo ran; exit 3")
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    with open_shims(tmp_path / "bin", tmp_path / "gone", ["tool"], env) as shims:
        env |= shims.env(env)
        ran = [
            subprocess.run(["tool"], env=env, capture_output=True, check=False, text=True)
            for _ in range(3)
        ]
    assert [(one.stdout, one.returncode) for one in ran] == [("ran\n", 3)] * 3
    assert "without a slot" in ran[0].stderr
    assert [one.stderr for one in ran[1:]] == ["", ""]
    assert tool.exists()
    assert not (tmp_path / "bin").exists()


@pytest.mark.parametrize("place", ["short", "with blanks and 'quotes'", "x" * 120])
def test_interpreter_of_any_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """The kernel takes no blanks in a first line, and not more than a few bytes of it."""
    put(tmp_path, "tool", 'echo "ran $@"')
    home = tmp_path / place
    home.mkdir()
    python = put(home, "python", f'exec {sys.executable} "$@"')
    monkeypatch.setattr(sys, "executable", str(python))
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    with open_shims(home / "bin", tmp_path / "gone", ["tool"], env) as shims:
        env |= shims.env(env)
        said = subprocess.check_output(["tool", "a b", ""], env=env, stderr=subprocess.DEVNULL)
    assert said == b"ran a b \n"


def test_shell_lines_take_slots(desk: Desk) -> None:
    """By prefix, as a shell, and by the command line; what is no line is a shell of its own."""
    line = 'echo "${SUPERVISE_SLOT:+slot} $0 $1"'
    script = f"""
export SHELL=/bin/sh
supervise-shell '{line}'
supervise-shell -c '{line}' zero one
supervise-shell -l -c '{line}' zero one
supervise-shell echo '"${{SUPERVISE_SLOT:+slot}}"' joined
echo '{line}' | supervise-shell
SHELL=$(command -v supervise-shell) supervise-shell '{line}'
SHELL=/usr/bin/fish supervise-shell 'echo $BASH'
export CLAUDE_CODE_SHELL_PREFIX=supervise-shell
supervise-shell '{line}'
CLAUDECODE=1 supervise-shell '{line}'
{sys.executable} -m supervisor shell '{line}'
{sys.executable} -m supervisor shell -c 'exit 9'
echo $?
"""
    said = shimmed(desk, script, []).splitlines()
    assert said[:5] == [
        "slot /bin/sh ",
        "slot zero one",
        "slot zero one",
        "slot joined",
        " /bin/sh ",
    ]
    assert said[5].startswith("slot ")
    assert said[6].endswith("bash")
    assert said[7:] == [" /bin/sh ", "slot /bin/sh ", " /bin/sh ", "9"]


def test_variable_gets_the_shells_path(desk: Desk) -> None:
    """An agent may start its shell where PATH is not ours."""
    more = '[autopilot.env]\nAGENT_SHELL = "supervise-shell"\n'
    said = shimmed(desk, "env -i $AGENT_SHELL -c 'echo ran'; echo $AGENT_SHELL", [], more)
    ran, path = said.splitlines()
    assert ran == "ran"
    assert path.endswith("/run/bin/supervise-shell")


def test_tool_is_looked_up_as_a_shell_does(tmp_path: Path) -> None:
    """Folders, what may not be executed, and shims under another path are passed over."""
    for name in ("first", "second", "third"):
        (tmp_path / name).mkdir()
    (tmp_path / "first" / "tool").mkdir()
    (tmp_path / "second" / "tool").write_text("")
    put(tmp_path / "third", "tool", "")
    env = {"PATH": ":".join(str(tmp_path / name) for name in ("first", "second", "third"))}
    with open_shims(tmp_path / "bin", tmp_path / "gone", ["tool"], env):
        shims = str(tmp_path / "bin")
        path = f"{tmp_path}/first/../bin:{tmp_path}/bin:{env['PATH']}"
        assert find_tool("tool", path, shims) == str(tmp_path / "third" / "tool")
        assert find_tool("tool", shims, shims) is None
        assert find_tool("./tool", path, shims) == "./tool"

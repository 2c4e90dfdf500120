# Makes and checks .venv in the project's root. POSIX sh; the caller sets $_root and sources this.
# The underscores keep a variable of the same name out of harm that the user has exported.
#
# .venv/ready is written last and names the place and the pins that the environment was made for,
# so an interrupted set-up, a moved folder and a changed pin are all seen, by one comparison.

_venv=$_root/.venv
_log=$_venv/setup.log

say() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
}

wanted() {
    printf '%s\n' "$_root"
    cat "$_root/pyproject.toml" "$_root/constraints.txt"
}

is_ready() {
    [ -x "$_venv/bin/python" ] && [ -f "$_venv/ready" ] && [ "$(wanted)" = "$(cat "$_venv/ready")" ]
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# Prints the path of the first Python that is new enough. A pyenv shim stands on PATH for
# versions that are not selected too, so only running a name tells. Asked for its base, because
# the one on PATH may belong to the very .venv that is made anew.
find_python() {
    for name in python3 python3.13 python3.12 python3.11; do
        if is_new_enough "$name"; then
            "$name" -c 'import sys; print(sys._base_executable)'
            return
        fi
    done
}

# The log marks .venv as ours and stays, so that an interruption here is seen as one.
empty_venv() {
    find "$_venv" -mindepth 1 -maxdepth 1 ! -name setup.log -exec rm -rf {} +
}

# An environment that somebody else made in this place is used as it is and only completed.
can_be_completed() {
    is_new_enough "$_venv/bin/python" || return 1
    if [ -f "$_venv/ready" ]; then
        [ "$(head -n 1 "$_venv/ready")" = "$_root" ]
    else
        [ ! -e "$_log" ]
    fi
}

# Debian ships Python without ensurepip: then the environment gets no pip and borrows the base's.
has_installer() {
    [ -n "$uv" ] || "$python" -c 'import ensurepip' 2>/dev/null ||
        "$python" -m pip --python "$python" --version >/dev/null 2>&1
}

create_venv() {
    if [ -n "$uv" ]; then
        uv venv --no-project --allow-existing --python "${python:->=3.11}" "$_venv"
    else
        "$python" -m venv "$_venv" || "$python" -m venv --without-pip "$_venv"
    fi
}

fill_venv() {
    cd "$_root" || return
    if [ -n "$uv" ]; then
        set -- uv pip install --python "$_venv/bin/python"
    elif "$_venv/bin/python" -m pip --version; then
        set -- "$_venv/bin/python" -m pip install
    else
        set -- "$python" -m pip --python "$_venv/bin/python" install
    fi
    "$@" -c constraints.txt -e '.[dev]'
}

make_environment() {
    uv=$(command -v uv || :)
    python=$(find_python)
    if [ -z "$uv$python" ]; then
        say "no Python >= 3.11 on PATH: install one (Debian: apt install python3-venv), or uv"
        return 1
    fi
    if ! has_installer; then
        say "$python has neither ensurepip nor pip >= 22.3: apt install python3-venv, or get uv"
        return 1
    fi
    say "setting up .venv (once, about 20 s) …"
    mkdir -p "$_venv" || return
    completing=
    can_be_completed && completing=yes
    rm -f "$_venv/ready"
    : >"$_log" || return
    if { [ -n "$completing" ] || { empty_venv && create_venv; }; } >>"$_log" 2>&1 &&
        (fill_venv) >>"$_log" 2>&1; then
        wanted >"$_venv/ready"
    else
        tail -n 5 "$_log" >&2
        say "setting up .venv failed (it needs PyPI once); all of it is in $_log"
        return 1
    fi
}

# Holds descriptor 9 alone; macOS has no flock(1), and the lock outlives the process that took it.
lock() {
    flock -n 9 2>/dev/null && return
    say "waiting for .venv …"
    flock 9 2>/dev/null || python3 -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)'
}

# Of two that start at once, the second waits and then finds the work done. The lock is on
# pyproject.toml, which is opened for writing because NFS wants that, and not written to.
ensure_environment() {
    is_ready && return
    if ! [ -w "$_root/pyproject.toml" ]; then
        say "no .venv here that works for $(id -un), who may not make one: use a checkout of your own"
        return 1
    fi
    (lock && { is_ready || make_environment; }) 9<>"$_root/pyproject.toml"
}

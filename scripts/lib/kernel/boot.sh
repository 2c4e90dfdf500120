# Gets and boots User-mode Linux. Bash; the caller has sourced environment.sh, and calls end_kernel
# when it is done or interrupted.

_memory_mb=768 # a page that nobody touches costs the host nothing
_boot_s=120    # two on an idle machine, and ten with systemd
_kernel=""     # its pid, which is its process group too
_shared=""     # the folder that it shares with us
_closing=""    # the last line of what was run inside

skip() {
    printf 'SKIPPED THE TESTS IN A KERNEL OF THEIR OWN: %s\n' "${1^^}"
}

# Sets $_uml, the folder that holds bin/ and lib/; false: there is none, and it was said why. The
# package is only unpacked into the cache, so the machine stays as it was.
find_kernel() {
    local cache=${XDG_CACHE_HOME:-$HOME/.cache}/agent-supervise part free_kb
    # Its memory is a file there, and a page that does not fit kills it in mid-test.
    free_kb=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
    ((free_kb > _memory_mb * 1024)) || {
        skip "/dev/shm has less than $_memory_mb MB"
        return 1
    }
    for _uml in /usr "$cache/uml/usr"; do
        [ ! -x "$_uml/bin/linux.uml" ] || return 0
    done
    mkdir -p "$cache"
    part=$(mktemp -d "$cache/uml.XXXXXX")
    if (cd "$part" && download && dpkg -x user-mode-linux_*.deb . && rm ./*.deb) >&2; then
        # Renamed when it is complete; of two at once, the second finds the name taken.
        mv -T "$part" "$cache/uml" 2>/dev/null || rm -rf "$part"
    else
        rm -rf "$part"
        skip "user-mode-linux cannot be had (apt-get download, Debian, amd64)"
        return 1
    fi
}

download() {
    apt-get -qq download user-mode-linux 2>/dev/null || {
        [ "$(id -u)" = 0 ] && apt-get -qq update && apt-get -qq download user-mode-linux
    }
}

# run_inside v1|v2|systemd LIMIT COMMAND...   Boots, shows the command's output, returns its exit
# status. Afterwards $_closing is the last line of the output, or says why there is none.
run_inside() {
    local mode=$1 limit=$2
    shift 2
    _closing=skipped
    [ "$mode" != systemd ] || has_systemd || return 0
    _closing=failed
    _shared=$(mktemp -d)
    printf '%s=%q\n' mode "$mode" modules "$_uml/lib/uml/modules" \
        python "$_venv/bin/python" >"$_shared/settings.sh"
    order "$mode" "$@" >"$_shared/order.sh"
    cp "$_root"/scripts/lib/kernel/{init,systemd,tests}.sh "$_shared"
    : >"$_shared/output"
    start_kernel
    wait_booted || {
        # Once init.sh has begun, what goes wrong is ours to mend.
        ! grep -q '^init.sh begins' "$_shared/console" || {
            show_console "$mode: init.sh failed"
            return 125
        }
        skip "$mode: User-mode Linux does not boot: $(tail -n 1 "$_shared/console")"
        _closing=skipped
        return 0
    }
    echo "== $mode: Linux $(cat "$_shared/booted")"
    # In the background, because a trap waits for what is in the foreground.
    timeout "$limit" tail -n +1 -f --pid="$_kernel" "$_shared/output" &
    wait $! || {
        _closing="not over after $limit"
        say "$mode: $_closing"
        return 124
    }
    [ -f "$_shared/status" ] || {
        show_console "$mode: the kernel ended before the tests"
        return 125
    }
    _closing=$(tail -n 1 "$_shared/output")
    return "$(cat "$_shared/status")"
}

# What a user needs to log in and to have a manager with a bus of its own; only looked for, since
# the machine's own is booted.
has_systemd() {
    local file
    for file in /lib/systemd/{systemd,systemd-logind} /usr/bin/{busctl,dbus-daemon} \
        /usr/lib/systemd/user/dbus.socket /lib/*/security/pam_systemd.so; do
        [ -e "$file" ] || {
            skip "systemd: no $file (apt-get install systemd libpam-systemd dbus-user-session)"
            return 1
        }
    done
}

show_console() {
    tail -n 20 "$_shared/console" >&2
    say "$1"
}

order() {
    # One slow processor, and system calls at a tenth of the usual speed.
    echo "export SUPERVISE_TEST_PATIENCE=4 SUPERVISE_TEST_GUEST=$1"
    shift
    printf 'export HOME=%q PATH=%q:$PATH\ncd %q\nexec' "$HOME" "$_venv/bin" "$_root"
    printf ' %q' "$@"
    echo
}

# A processor for its one: it is many processes that only ever wait for one another, and to wake
# one on another processor costs a fifth of all its time.
choose_cpu() {
    local allowed
    allowed=$(awk '/^Cpus_allowed_list/ { print $2 }' /proc/self/status)
    (($$ % 2)) && echo "${allowed%%[-,]*}" || echo "${allowed##*[-,]}"
}

# In a session of its own, so that one signal to its group reaches all the processes that it is.
start_kernel() {
    setsid taskset -c "$(choose_cpu)" "$_uml/bin/linux.uml" "mem=${_memory_mb}M" \
        root=/dev/root rootfstype=hostfs rootflags=/ ro \
        quiet con=null con0=null,fd:1 con1=null ssl=null "uml_dir=$_shared/" panic=-1 \
        init=/bin/bash "shared=$_shared" -- "$_shared/init.sh" </dev/null >"$_shared/console" 2>&1 &
    _kernel=$!
    disown # Else bash tells of its end, which is ours to tell of.
}

wait_booted() {
    local end=$((SECONDS + _boot_s))
    until [ -s "$_shared/booted" ]; do
        { kill -0 "$_kernel" 2>/dev/null && ((SECONDS < end)); } || return 1
        sleep 0.1
    done
}

# Leaves neither a process nor a file of it.
end_kernel() {
    local tries=100
    while [ -n "$_kernel" ] && kill -KILL -- "-$_kernel" 2>/dev/null && ((tries--)); do
        sleep 0.05
    done
    wait 2>/dev/null
    [ -z "$_shared" ] || rm -rf "$_shared"
    _kernel='' _shared=''
}

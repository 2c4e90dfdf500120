# The last thing that happens inside: runs what was ordered and leaves its output and its status.
echo "$(uname -r), booted in $(cut -d' ' -f1 /proc/uptime) s" >/run/shared/booted
status=0
# TMPDIR is not /tmp, where the project may lie and other people's files do.
TMPDIR=/run/tmp setsid --wait bash /run/shared/order.sh \
    </dev/null >/run/shared/output 2>&1 || status=$?
echo "$status" >/run/shared/status

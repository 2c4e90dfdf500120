# Sourced by init.sh in the new root: makes systemd pid 1, with its system bus, its logind and, for
# who logs in, its user manager with a bus of its own; of all else that it could start, nothing.

units=/run/systemd/system
mkdir -p "$units"
for kind in service socket scope target; do
    # What hangs on sysinit.target would bring up a whole machine.
    mkdir "$units/$kind.d"
    printf '[Unit]\nDefaultDependencies=no\n' >"$units/$kind.d/bare.conf"
done
mkdir -p /run/systemd/system-generators /run/systemd/system.conf.d
for generator in /lib/systemd/system-generators/*; do
    ln -s /dev/null "/run/systemd/system-generators/${generator##*/}"
done
cat >"$units/tests.service" <<END
[Unit]
Wants=dbus.socket systemd-logind.service
After=dbus.socket systemd-logind.service
[Service]
Type=oneshot
TimeoutStartSec=infinity
ExecStart=/bin/bash /run/shared/tests.sh
ExecStopPost=/bin/sh -c 'echo o >/proc/sysrq-trigger'
END
# User 1000 as the tests' ordinary user, who can log in.
grep -q '^[^:]*:[^:]*:1000:' /etc/passwd || {
    echo 'ordinary:x:1000:1000::/tmp:/bin/sh' >>/etc/passwd
    echo 'ordinary:!:20000::::::' >>/etc/shadow
}
grep -q pam_systemd /etc/pam.d/common-session || echo 'session optional pam_systemd.so' >>/etc/pam.d/common-session
echo 0123456789abcdef0123456789abcdef >/etc/machine-id
exec /lib/systemd/systemd --unit=tests.service --log-target=console --show-status=no \
    --default-standard-output=null

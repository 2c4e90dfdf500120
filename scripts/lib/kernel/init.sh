# The first process inside. $shared comes from the kernel's command line and is the one folder where
# what is written reaches the host: `booted`, `output` and `status`. All else of the host is there
# to be read, and what is written to it goes to memory.
set -eu
echo init.sh begins
. "$shared/settings.sh" # mode (v1, v2 or systemd), modules, python
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
controllers="pids memory cpu"

# Whatever fails here, the kernel ends, and the console says what it was.
trap 'echo o >/proc/sysrq-trigger; sleep 60' EXIT
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
mkdir /run/upper /run/work /run/new
# There is no insmod in a small Debian; finit_module is system call 313 on x86_64.
load='import ctypes, sys; file = open(sys.argv[1])
sys.exit(ctypes.CDLL(None).syscall(313, file.fileno(), b"", 0))'
"$python" -I -S -c "$load" "$modules/$(uname -r)/kernel/fs/overlayfs/overlay.ko"
mount -t overlay -o lowerdir=/,upperdir=/run/upper,workdir=/run/work overlay /run/new

cd /run/new
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t devtmpfs devtmpfs dev
ln -s /proc/self/fd dev/fd
mkdir -p dev/pts dev/shm
mount -t devpts devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
mount -t tmpfs tmpfs run
mkdir run/outside run/shared
mkdir -m 1777 run/tmp
mount -t hostfs -o "$shared" hostfs run/shared
rm -f .dockerenv # Whatever the host is, this is no container.
# In a chroot nobody may make a user namespace, so the root itself is changed.
pivot_root . run/outside
cd /
umount -l /run/outside

case $mode in
v2)
    mount -t cgroup2 -o nsdelegate cgroup2 /sys/fs/cgroup
    echo "+${controllers// / +}" >/sys/fs/cgroup/cgroup.subtree_control
    # The tests stay in the root, the one cgroup that may pass controllers on with processes in it.
    ;;
v1)
    mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
    for controller in $controllers freezer; do
        folder=/sys/fs/cgroup/$controller
        mkdir "$folder"
        mount -t cgroup -o "$controller" cgroup "$folder"
        mkdir "$folder/session"
        echo $$ >"$folder/session/cgroup.procs"
    done
    ;;
esac
ip link set lo up 2>/dev/null || :

[ "$mode" != systemd ] || . /run/shared/systemd.sh
bash /run/shared/tests.sh

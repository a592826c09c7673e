#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# chroot.sh ROOT COMMAND...
# Runs a command in ROOT as its whole world, with namespaces for mounts and processes: whatever the
# command leaves behind ends with it, and nobody outside ever sees the mounts.
set -euo pipefail

if [ "${1:-}" != --inside ]; then
    [ $# -ge 2 ] || { echo "usage: chroot.sh ROOT COMMAND..." >&2; exit 2; }
    exec unshare --mount --propagation private --pid --fork --kill-child "$BASH" "$0" --inside "$@"
fi
root=$2
shift 2

# / must be a mount point, or nested "unshare --mount" is refused inside.
mount --bind "$root" "$root"
cd "$root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/pts dev/shm
for device in null zero full random urandom tty; do
    : >"dev/$device"
    mount --bind "/dev/$device" "dev/$device"
done
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr

# Not exec: this shell is process 1 and reaps what the command orphans.
status=0
env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    "TERM=${TERM:-dumb}" chroot . "$@" || status=$?
exit "$status"

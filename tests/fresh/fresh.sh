#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A fresh Debian 12 with only git and ca-certificates: clone HEAD, then ./dev demo --yes and
# ./dev test --yes in it.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
repository=$(git -C "$here" rev-parse --show-toplevel)
readonly suite=bookworm

usage() {
    cat <<'TEXT'
usage: tests/fresh/fresh.sh [--only demo|test] [--cache DIR] [--keep]

  --only demo|test   only this one of the two commands
  --cache DIR        keep the base system and the packages in DIR, for the next run
  --keep             leave the system where it is and say where

Needs root and debootstrap. The mirror is the one in the machine's own apt sources. About 3 GB of
disk in TMPDIR (default: /var/tmp) while it runs.
TEXT
}

die() {
    printf 'fresh: %s\n' "$*" >&2
    exit 1
}
say() { printf 'fresh: %s\n' "$*"; }

parse() {
    commands=(demo test)
    cache=
    keep=no
    while [ $# -gt 0 ]; do
        case $1 in
            --only)
                [[ ${2:-} =~ ^(demo|test)$ ]] || die "--only takes demo or test"
                commands=("$2")
                shift
                ;;
            --cache)
                [ -n "${2:-}" ] || die "--cache needs a directory"
                mkdir -p "$2"
                cache=$(readlink -f "$2")
                shift
                ;;
            --keep) keep=yes ;;
            --help | -h)
                usage
                exit 0
                ;;
            *)
                usage >&2
                exit 2
                ;;
        esac
        shift
    done
}

# apt itself reads its sources, in whichever form they are written, and tells "deb" lines from them.
sources() { # -> one-line sources of Debian's own suites
    # shellcheck disable=SC2016  # apt expands them
    apt-get "$@" indextargets --format '$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)' \
        'Created-By: Packages' |
        awk -v suite="$suite" '$1 == "Debian" && $4 == "main" &&
            ($3 == suite || $3 == suite "-updates" || $3 == suite "-security") {
                line = "deb " $2 " " $3 " " $4
                if (!seen[line]++) print line
            }'
}

find_sources() {
    found=$(sources)
    if ! grep -q " $suite main" <<<"$found"; then
        say "the machine has no package lists yet; fetching them"
        mkdir -p "$work/lists/partial"
        apt-get -o Dir::State::lists="$work/lists" -qq update || true
        found=$(sources -o Dir::State::lists="$work/lists")
    fi
    mirror=$(awk -v suite="$suite" '$3 == suite { print $2; exit }' <<<"$found")
    [ -n "$mirror" ] || die "the apt sources of this machine name no mirror for Debian $suite"
}

bootstrap() {
    local start=$SECONDS tar=$cache/$suite-base.tar
    if [ -n "$cache" ] && [ -f "$tar" ]; then
        say "base system from $tar"
        mkdir "$root"
        tar -C "$root" --numeric-owner -xpf "$tar"
        return
    fi
    say "debootstrap --variant=minbase --include=git,ca-certificates $suite"
    if ! unshare --mount --propagation private debootstrap --variant=minbase \
        --include=git,ca-certificates "$suite" "$root" "$mirror" \
        >"$work/debootstrap.log" 2>&1; then
        tail -n 20 "$work/debootstrap.log" >&2
        die "debootstrap failed"
    fi
    say "base system made in $((SECONDS - start)) s"
    if [ -n "$cache" ]; then
        tar -C "$root" --numeric-owner -cpf "$tar.new" .
        mv "$tar.new" "$tar"
    fi
}

# What a machine in this place has by itself: its sources, its way out, its name servers.
configure() {
    local name
    printf '%s\n' "$found" >"$root/etc/apt/sources.list"
    {
        echo 'Acquire::Check-Date "false";'
        apt-config dump | grep -E '^Acquire::https?::Proxy(::| )' || true
    } >"$root/etc/apt/apt.conf.d/99fresh"
    for name in resolv.conf hosts; do
        [ ! -r "/etc/$name" ] || cat "/etc/$name" >"$root/etc/$name"
    done
}

# The packages of the last run, if the cache has any; apt checks each against its signed list.
restore_packages() {
    if [ -n "$cache" ] && [ -d "$cache/packages" ]; then
        cp "$cache"/packages/*.deb "$root/var/cache/apt/archives/" 2>/dev/null || true
    fi
}

save_packages() {
    if [ -n "$cache" ]; then
        mkdir -p "$cache/packages"
        cp -u "$root"/var/cache/apt/archives/*.deb "$cache/packages/" 2>/dev/null || true
    fi
}

clone() {
    [ -z "$(git -C "$repository" status --porcelain)" ] ||
        say "beware: changes that are not committed are not in HEAD and not tested here"
    git -C "$repository" bundle create --quiet "$root/rdpesc.bundle" HEAD
    inside git -c advice.detachedHead=false clone --quiet /rdpesc.bundle /root/rdpesc
    say "cloned $(git -C "$repository" rev-parse --short HEAD)"
}

inside() {
    "$here/chroot.sh" "$root" "$@" </dev/null
}

run_command() { # demo|test
    local start=$SECONDS status=0
    say "---- ./dev $1 --yes ----"
    inside env --chdir=/root/rdpesc ./dev "$1" --yes || status=$?
    results+=("./dev $1 --yes: exit $status, $((SECONDS - start)) s")
    [ "$status" -eq 0 ] || failed=yes
    save_packages
}

clean() {
    if [ "$keep" = yes ]; then
        say "the system stays in $root"
        say "a command in it: $here/chroot.sh $root COMMAND"
    else
        rm -rf --one-file-system "$work"
    fi
}

main() {
    local command
    results=()
    failed=no
    parse "$@"
    [ "$(id -u)" -eq 0 ] || die "needs root"
    command -v debootstrap >/dev/null || die "needs the Debian package debootstrap"
    git -C "$repository" rev-parse --verify --quiet HEAD >/dev/null || die "there is no commit yet"
    work=$(mktemp -d "${TMPDIR:-/var/tmp}/rdpesc-fresh.XXXXXX")
    root=$work/root
    trap clean EXIT
    find_sources
    bootstrap
    configure
    restore_packages
    clone
    for command in "${commands[@]}"; do
        run_command "$command"
    done
    for command in "${results[@]}"; do
        say "$command"
    done
    [ "$failed" = no ]
}

main "$@"

#!/usr/bin/env bash
# Runs scripts/set-up against a machine made of stubs: what it installs, through whom, and when it does nothing.
# Usage: set_up_test.sh SCRIPTS-DIRECTORY
set -euo pipefail
scripts=$1
stubs=$(mktemp -d)
trap 'rm -rf "$stubs"' EXIT
calls=$stubs/calls

stub() {  # stub NAME BODY
    printf '#!/bin/bash\n%s\n' "$2" >"$stubs/$1"
    chmod +x "$stubs/$1"
}
machine() {  # machine UID MISSING-PACKAGE…: everything else is installed
    local user=$1 missing=" ${*:2} "
    : >"$calls"
    local installed=
    while read -r name _; do
        case "$name" in ''|'#'*) continue ;; esac
        [[ "$missing" == *" $name "* ]] || installed+="$name:amd64:installed "
    done <"$scripts/packages.txt"
    stub dpkg-query "echo '$installed'"
    stub id "echo $user"
    stub sudo "echo sudo >>$calls; exec \"\$@\""
    stub apt-get "echo \"apt-get \$*\" >>$calls"
}
set_up() { PATH="$stubs:$PATH" "$scripts/set-up" "$@" >"$stubs/out" 2>&1; }
fail() { printf 'FAILED: %s\n' "$1"; cat "$stubs/out" "$calls"; exit 1; }

machine 0
set_up --full || fail 'a complete machine is fine'
[ ! -s "$calls" ] || fail 'a complete machine is left alone'

machine 0 sqlite3 libfmt-dev
set_up || fail 'a missing package is installed'
grep -q 'install sqlite3 libfmt-dev$' "$calls" || fail 'exactly the missing packages are installed'
grep -q ' update$' "$calls" || fail 'the package lists are refreshed first'
! grep -q '^sudo' "$calls" || fail 'root needs no sudo'
grep -q 'libfmt-dev .*formats messages' "$stubs/out" || fail 'each package comes with its reason'

machine 1000 sqlite3
set_up || fail 'another user installs too'
grep -q '^sudo' "$calls" || fail 'another user goes through sudo'
[ "$(grep -n 'opens a store by hand' "$stubs/out" | cut -d: -f1)" -lt \
    "$(grep -n 'through sudo' "$stubs/out" | cut -d: -f1)" ] || fail 'what and why is said before sudo may ask'

machine 1000 sqlite3 libfmt-dev
stub sudo "echo sudo >>$calls; exit 1"
! set_up || fail 'whom sudo refuses has no complete machine'
[ "$(grep -c '^sudo' "$calls")" -eq 1 ] || fail 'whom sudo refuses is not asked for a password twice'
! grep -q apt-get "$calls" || fail 'nothing is tried without the right to'
grep -q 'apt-get install sqlite3 libfmt-dev$' "$stubs/out" || fail 'the command for an administrator is named'

machine 1000 sqlite3
without_sudo=$(mktemp -d -p "$stubs")
for program in bash env cat printf dirname; do ln -s "$(command -v $program)" "$without_sudo/"; done
mv "$stubs"/{dpkg-query,id,apt-get} "$without_sudo/"
! PATH="$without_sudo" "$scripts/set-up" >"$stubs/out" 2>&1 || fail 'without sudo there is no complete machine'
grep -q 'there is no sudo' "$stubs/out" || fail 'it is said that there is no sudo'
grep -q 'apt-get install sqlite3$' "$stubs/out" || fail 'the command for an administrator is named'

machine 0 clang-14
set_up || fail 'the second compiler is not needed by default'
[ ! -s "$calls" ] || fail 'the second compiler is not installed by default'
set_up --full && grep -q 'install clang-14$' "$calls" || fail 'the second compiler is installed with --full'

machine 1000 sqlite3
stub apt-get 'exit 100'
! set_up || fail 'a failed installation fails the set-up'

! set_up --nonsense || fail 'an unknown option is refused'
echo 'set-up: all as it should be'

# Sourced by ./check and ./demo: named steps that are announced, timed and added up at the end.

step_lines=()
step_failed=()
steps_began=$SECONDS

# duration SECONDS: "42 s", "3 min 07 s".
duration() {
    if [ "$1" -lt 60 ]; then printf '%d s' "$1"; else printf '%d min %02d s' $(($1 / 60)) $(($1 % 60)); fi
}

# step NAME COMMAND…: runs the command, remembers how long it took and whether it failed, and returns its status.
step() {
    local name=$1 began=$SECONDS status=0
    shift
    printf '\n== %s\n' "$name"
    "$@" || status=$?
    local took
    took=$(duration $((SECONDS - began)))
    if [ "$status" -eq 0 ]; then
        step_lines+=("$(printf '  ok      %-44s %s' "$name" "$took")")
        printf '== %s: ok, %s\n' "$name" "$took"
    else
        step_lines+=("$(printf '  FAILED  %-44s %s' "$name" "$took")")
        step_failed+=("$name")
        printf '== %s: FAILED (status %d), %s\n' "$name" "$status" "$took"
    fi
    return "$status"
}

# steps_summary: prints every step with its time.
steps_summary() {
    printf '\nHow long it took:\n'
    printf '%s\n' "${step_lines[@]}"
    printf '  in all %s\n' "$(duration $((SECONDS - steps_began)))"
}

# failed_tests LOG: of a ctest log with the output of failures, each of the first five failures: its name and its end.
failed_tests() {
    awk '
        function told() { for (i = (n > 20 ? n - 19 : 1); i <= n; i++) print "    " line[i]; failing = 0 }
        /^ *[0-9]+\/[0-9]+ Test +#/ || /^ *Start +[0-9]+: / || / tests passed, / {
            if (failing) told()
            if (/\*\*\*/ && ++failures <= 5) { print; failing = 1; n = 0 }
            next
        }
        failing && NF { line[++n] = substr($0, 1, 240) }' "$1"
}

#!/usr/bin/env bash
# Shows that a failing step is reported, remembered and returned by scripts/steps.sh.
# Usage: steps_test.sh SCRIPTS-DIRECTORY
set -euo pipefail
source "$1/steps.sh"
out=$(
    step 'good' true
    step 'bad' false || echo "returned $?"
    steps_summary
    printf 'failed: %s\n' "${step_failed[*]}"
)
expect() { grep -q -- "$1" <<<"$out" || { printf 'FAILED: no "%s" in\n%s\n' "$1" "$out"; exit 1; }; }
expect '^== good: ok, '
expect '^== bad: FAILED (status 1), '
expect '^returned 1$'
expect '^  ok      good '
expect '^  FAILED  bad '
expect '^  in all '
expect '^failed: bad$'
[ "$(duration 59)" = '59 s' ] && [ "$(duration 187)" = '3 min 07 s' ]
echo 'steps: all as it should be'

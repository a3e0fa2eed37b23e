#!/usr/bin/env bash
# Shows that a failing step is reported, remembered and returned by scripts/steps.sh, and that what failed in a log of
# tests is told.
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

out=$(failed_tests <(
    printf '%s\n' '    Start 1: sums.add' '1/4 Test #1: sums.add ....   Passed   0.02 sec' 'a test that passed' \
        '    Start 2: sums.divide' '2/4 Test #2: sums.divide ....***Failed   0.02 sec' 'it is not 3' '' 'it is 4' \
        '    Start 3: sums.wait' '3/4 Test #3: sums.wait ....***Timeout   9.00 sec' 'still waiting' \
        '4/4 Test #4: sums.end ....   Passed   0.02 sec' '50% tests passed, 2 tests failed out of 4'
))
expect '^2/4 Test #2: sums.divide ....\*\*\*Failed   0.02 sec$'
expect '^    it is not 3$'
expect '^    it is 4$'
expect '^3/4 Test #3: sums.wait ....\*\*\*Timeout   9.00 sec$'
expect '^    still waiting$'
! grep -q 'passed\|Passed' <<<"$out" || { printf 'FAILED: what passed is told:\n%s\n' "$out"; exit 1; }
echo 'steps: all as it should be'

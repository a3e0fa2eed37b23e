#!/usr/bin/env bash
# Compiles the bank's account with aggregate.hpp alone, and with repository.hpp, and fails when that costs more than so
# many times what Boost.Describe and <string> cost by themselves: user time without optimisation, best of five, in turn.
# A machine that kept the compiler waiting is no judge: then says so, with the figures, and exits with 77.
# Usage: compile_time_test.sh COMPILER LEFTFOLD SCRATCH
set -euo pipefail
compiler=$1 source=$2 scratch=$3
aggregate_max=2.6 repository_max=5

mkdir -p "$scratch"
cd "$scratch"
printf '#include <boost/describe.hpp>\n#include <string>\n' > bare.cpp
printf '#include "bank/account.hpp"\n' > aggregate.cpp
printf '#include "bank/account.hpp"\n#include "leftfold/framework/repository.hpp"\n' > repository.cpp

seconds() {  # seconds UNIT: user, system, and by the clock on the wall
    local TIMEFORMAT='%3U %3S %3R'
    { time "$compiler" -std=c++20 -O0 -c -I"$source/storage/include" -I"$source/framework/include" \
        -I"$source/samples" "$1.cpp" -o "$1.o" 1>&3 2>&4; } 3>&1 4>&2 2>&1
}

for unit in bare aggregate repository; do : > $unit.times; done
for _ in 1 2 3 4 5; do
    for unit in bare aggregate repository; do seconds $unit >> $unit.times; done
done
for unit in bare aggregate repository; do sort -g $unit.times | head -1; done |
    awk -v aggregate_max=$aggregate_max -v repository_max=$repository_max '
    { user[NR] = $1; if ($3 > 1.15 * ($1 + $2)) waited = 1 }
    END {
        printf "compile time: %.2f Boost.Describes with aggregate.hpp, %.2f with repository.hpp (goals %s and %s)\n",
            user[2] / user[1], user[3] / user[1], aggregate_max, repository_max
        if (user[2] <= aggregate_max * user[1] && user[3] <= repository_max * user[1]) exit 0
        if (waited) print "the machine was too busy to judge"
        exit waited ? 77 : 1
    }'

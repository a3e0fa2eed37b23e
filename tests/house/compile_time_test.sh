#!/usr/bin/env bash
# Compiles the bank's account with aggregate.hpp alone, and with repository.hpp, and fails when that costs more than so
# many times what Boost.Describe and <string> cost by themselves: user time without optimisation, best of five, in turn.
# Usage: compile_time_test.sh COMPILER LEFTFOLD SCRATCH
set -euo pipefail
compiler=$1 source=$2 scratch=$3
aggregate_max=2.6 repository_max=5

mkdir -p "$scratch"
cd "$scratch"
printf '#include <boost/describe.hpp>\n#include <string>\n' > bare.cpp
printf '#include "bank/account.hpp"\n' > aggregate.cpp
printf '#include "bank/account.hpp"\n#include "leftfold/framework/repository.hpp"\n' > repository.cpp

seconds() {  # seconds UNIT: of user time
    local TIMEFORMAT=%3U
    { time "$compiler" -std=c++20 -O0 -c -I"$source/storage/include" -I"$source/framework/include" \
        -I"$source/samples" "$1.cpp" -o "$1.o" 1>&3 2>&4; } 3>&1 4>&2 2>&1
}

for unit in bare aggregate repository; do : > $unit.times; done
for _ in 1 2 3 4 5; do
    for unit in bare aggregate repository; do seconds $unit >> $unit.times; done
done
best() { sort -g "$1.times" | head -1; }
awk -v bare="$(best bare)" -v aggregate="$(best aggregate)" -v repository="$(best repository)" \
    -v aggregate_max=$aggregate_max -v repository_max=$repository_max 'BEGIN {
    printf "compile time: %.2f times Boost.Describe with aggregate.hpp (goal %s), %.2f with repository.hpp (goal %s)\n",
        aggregate / bare, aggregate_max, repository / bare, repository_max
    exit aggregate > aggregate_max * bare || repository > repository_max * bare
}'

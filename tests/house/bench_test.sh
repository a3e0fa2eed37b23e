#!/usr/bin/env bash
# Runs every case of leftfold_bench on very little, and checks that each goal is a line of JSON with its figures.
#
# Usage: bench_test.sh PROGRAM
set -euo pipefail
program=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

goals='append_1x1 append_64_async append_64_async_unique append_64_threads append_1x100 append_512_4p append_steady
append_1x1_process_crash append_1x1_none tail_append_64_async tail_append_1x100 execute_resident
execute_resident_1000 load_1000
catchup_envelope catchup_typed catchup_table catchup_lanes catchup_history
e2e_p50 e2e_p99 codec_decode_40 codec_encode_40 codec_decode_190 codec_encode_190
codec_decode_200_nested codec_encode_200_nested as_of_aggregate as_of_row as_of_scan growth_10m random_load_10m
open_10m open_10m_memory memory_append find_cut fork_10m fork_10m_first_append'

lines=$("$program" --json --events 2000 --seconds 0.005 --dir "$scratch")
for goal in $goals; do
    line=$(grep "\"case\":\"$goal\"" <<<"$lines") || { echo "no line for $goal"; exit 1; }
    sound=$(sqlite3 :memory: "SELECT count(*) FROM (SELECT '${line//\'/\'\'}' AS line) WHERE json_valid(line)
        AND line->>'rate' > 0 AND line->>'limit_rate' > 0 AND line->>'ratio' > 0 AND line->>'goal' > 0
        AND line->>'limit' != '' AND line->>'p50_us' >= 0 AND line->>'p99_us' >= 0 AND line->>'rss_mib' > 0")
    [ "$sound" = 1 ] || { echo "figures are missing: $line"; exit 1; }
done
curves='append_by_in_flight append_by_size append_by_streams append_by_partitions load_by_length as_of_by_history
catch_up_by_cores append_by_events'
points=$("$program" --curves --events 10000 --seconds 0.002 --dir "$scratch")
for curve in $curves; do
    sound=$(grep "\"curve\":\"$curve\"" <<<"$points" | while IFS= read -r point; do
        sqlite3 :memory: "SELECT point->>'x' > 0 AND point->>'y' > 0 AND point->>'series' != ''
            FROM (SELECT '${point//\'/\'\'}' AS point)"
    done | sort -u)
    [ "$sound" = 1 ] || { echo "no sound points for $curve"; exit 1; }
done
if "$program" --case no_such_case --dir "$scratch" 2>"$scratch/said"; then
    echo "it ran a case that is not there"
    exit 1
fi
grep -q as_of_read_model "$scratch/said" || { echo "it did not say which cases there are"; exit 1; }
rm "$scratch/said"
[ -z "$(find "$scratch" -mindepth 1)" ] || { echo "it left files behind"; exit 1; }
printf 'bench: %d goals, each with its figures; %d curves\n' "$(wc -w <<<"$goals")" "$(wc -w <<<"$curves")"

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# afl.sh TARGET SECONDS: builds the codec with AFL++ (Debian: afl++) and fuzzes fuzz_TARGET, decode
# or mutate, from its committed corpus. Exit status 1 when there is a finding.
set -eu
[ $# -eq 2 ] || { echo "usage: $0 TARGET SECONDS" >&2; exit 2; }
target=$1 seconds=$2
cd "$(dirname "$0")/../.."
command -v afl-fuzz >/dev/null || { echo "$0: install the Debian package afl++" >&2; exit 1; }

mkdir -p build
AFL_QUIET=1 cmake -S . -B build/afl -G Ninja -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_C_COMPILER=afl-clang-fast -DRDPESC_CORE_ONLY=ON >build/afl-configure.log
AFL_QUIET=1 cmake --build build/afl -- --quiet "fuzz_$target"
rm -rf "build/afl/out/$target"
mkdir -p "build/afl/out"
AFL_SKIP_CPUFREQ=1 AFL_NO_UI=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1 \
    afl-fuzz -V "$seconds" -i "tests/fuzz/corpus/$target" -o "build/afl/out/$target" -- \
    "build/afl/bin/fuzz_$target" @@ >"build/afl/out/$target.log" 2>&1 ||
    { tail -n 20 "build/afl/out/$target.log" >&2; exit 1; }
stats=build/afl/out/$target/default/fuzzer_stats
grep -E '^(execs_done|execs_per_sec|corpus_count|saved_crashes|saved_hangs|bitmap_cvg)' "$stats"
grep -q '^saved_crashes *: 0$' "$stats"

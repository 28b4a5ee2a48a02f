#!/usr/bin/env bash
# bash fuzz/run-all.sh [--no-build] [SECONDS [TARGET...]]
#
# Runs fuzz targets one after the other, each for so many seconds (default: 60, all of them). A target that fails
# does not keep the others from running; what was found is in fuzz/artifacts/TARGET and in the summary at the end.
# Exit code 1 when anything crashed, ran out of time or memory.
set -euo pipefail
cd "$(dirname "$0")/.."
build=yes
if [ "${1:-}" = --no-build ]; then build=no; shift; fi
seconds=${1:-60}
[ $# -gt 0 ] && shift

if [ "$build" = yes ]; then
  cargo dev seeds
  cargo +nightly fuzz build
  cargo +nightly fuzz build --fuzz-dir fuzz/text
fi
if [ $# -eq 0 ]; then
  mapfile -t targets < <(sed -n 's/^name = "\(.*\)"$/\1/p' fuzz/Cargo.toml fuzz/text/Cargo.toml | grep -v '^redan-fuzz')
  set -- "${targets[@]}"
fi

summary=$(mktemp)
trap 'rm -f "$summary"' EXIT
failed=0
for target; do
  found=fuzz/artifacts/$target
  mkdir -p "$found" "fuzz/corpus/$target"
  log=$found/log
  start=$SECONDS
  outcome=quiet
  program=$(find fuzz/target/*/release fuzz/text/target/*/release -maxdepth 1 -name "$target" 2>/dev/null | head -n 1 || true)
  if ! nice -n 19 "${program:-$target}" "fuzz/corpus/$target" -artifact_prefix="$found/" -max_total_time="$seconds" \
    -timeout=10 -report_slow_units=2 -rss_limit_mb=2048 -fork=0 -print_final_stats=1 -verbosity=1 >"$log" 2>&1; then
    failed=$((failed + 1))
    outcome="FAILED: $(grep -m1 -oE 'panicked at .*|ERROR: .*|No such file.*' "$log" || tail -n 1 "$log")"
  fi
  slow=$(find "$found" -name 'slow-unit-*' | wc -l)
  [ "$slow" = 0 ] || outcome="$outcome; $slow slow units"
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  printf '%-28s %4s s %9s runs  %s\n' "$target" $((SECONDS - start)) "${runs:-0}" "$outcome" | tee -a "$summary"
done

awk '{ seconds += $2; runs += $4 } END { printf "\n%d targets, %d s, %d runs\n", NR, seconds, runs }' "$summary"
if [ "$failed" -gt 0 ]; then
  printf '%d of %d failed:\n' "$failed" $#
  grep FAILED "$summary"
  exit 1
fi

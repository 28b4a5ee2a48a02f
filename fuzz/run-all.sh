#!/usr/bin/env bash
# Runs every fuzz target for so many seconds (default 60); stops at the first crash.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
cargo dev seeds
for target in $(cargo +nightly fuzz list); do
  echo "== $target"
  cargo +nightly fuzz run "$target" -- -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=0 -verbosity=0
done
echo "quiet: every target ran for $seconds seconds"

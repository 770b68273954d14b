#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Usage: packaging/run.sh
#
# Builds the two programs as packaging/build.sh does, trains the embedded demo and opens the window on its results.
# The demo's store is build/demo/store.sqlite; what is finished there is not trained again.
# Without a display it writes a report and screenshots instead and says where.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bin=$root/build/release/bin
demo=$root/build/demo
store=$demo/store.sqlite

# Fails where the display that the environment names cannot be opened: Qt then aborts.
open_window() {
  local code=0
  "$bin/levi-workbench" --store "$store" --page results || code=$?
  ((code != 134)) || return 1
  exit "$code"
}

write_pictures() {
  export QT_QPA_PLATFORM=offscreen
  "$bin/levi-workbench" --store "$store" --report --out "$demo/report.html"
  "$bin/levi-workbench" --store "$store" --screenshots "$demo/screenshots"
  echo "levi: no window here. Look at"
  echo "  $demo/report.html"
  echo "  $demo/screenshots"
}

LEVI_TARGETS="levi levi-workbench" "$root/packaging/build.sh"
mkdir -p "$demo"
"$bin/levi" demo --store "$store"
if [[ -n ${DISPLAY:-}${WAYLAND_DISPLAY:-} ]]; then open_window || echo "levi: the window could not be opened"; fi
write_pictures

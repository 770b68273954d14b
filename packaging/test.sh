#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Usage: packaging/test.sh [CTEST ARGUMENT...]
#
# Builds as packaging/build.sh does, then runs the tests: one entry per room of the house, named after it.
# For example: packaging/test.sh -R stats
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/packaging/build.sh"
cd "$root"
exec ctest --preset release --no-tests=error --parallel "$(nproc)" "$@"

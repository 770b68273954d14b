#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Usage: packaging/build.sh [CMAKE OPTION...]
#
# Installs what is missing (Debian 12, as root or with sudo), obtains LibTorch, configures the release preset and builds
# it: build/release/bin/levi and build/release/bin/levi-workbench. A second call finds everything in place.
# A CMAKE OPTION, such as -DLEVI_GUI=OFF, goes to the configure step.
#
#   LEVI_LIBTORCH=DIR     use the LibTorch in DIR, which holds include/ and lib/
#   LEVI_CUDA=ON|OFF      use LibTorch's CUDA half or not; default: ON where an NVIDIA driver is installed
#   LEVI_SKIP_PACKAGES=1  install no package: for systems other than Debian 12
#   LEVI_CMAKE_OPTIONS    CMAKE OPTIONs, parted by blanks, for run.sh and test.sh too
#   LEVI_TARGETS          what to build, parted by blanks; default: all. run.sh leaves the tests out
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
deps=$root/build/deps
# shellcheck source=packaging/libtorch.sh
source "$here/libtorch.sh"

say() { printf 'levi: %s\n' "$*"; }
fail() {
  printf 'levi: %s\n' "$*" >&2
  exit 1
}

# Names of the packages, one a line; without those of the window if it is not built.
needed_packages() {
  local gui=1
  [[ " $* " == *" -DLEVI_GUI=OFF "* ]] && gui=0
  awk -v gui="$gui" '!/^#/ && NF && (gui || $2 != "gui") { print $1 }' "$here/packages-debian.txt"
}

check_system() {
  local name
  name=$(. /etc/os-release 2>/dev/null && echo "${ID:-} ${VERSION_ID:-}") || true
  [[ "$(uname -m) $name" == "x86_64 debian 12" ]] && return
  echo "What Debian 12 calls: $(needed_packages "$@" | paste -sd ' ')" >&2
  fail "this is '$name' on $(uname -m), and only Debian 12 on x86-64 can be set up from here." \
    "Install the above, have a LibTorch 2.11 to 2.14, then call again with LEVI_SKIP_PACKAGES=1 LEVI_LIBTORCH=DIR."
}

# Installs those of the named packages that are not installed. Asks the package index only if there are any.
install_packages() {
  local installed package missing=() as_root=()
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null) || true
  for package in "$@"; do
    grep -qx "$package installed" <<<"$installed" || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  if ((EUID)); then
    command -v sudo >/dev/null || fail "neither root nor sudo: have someone install ${missing[*]}"
    as_root=(sudo)
  fi
  say "installing ${missing[*]}"
  "${as_root[@]}" apt-get update -qq -o DPkg::Lock::Timeout=300 ||
    say "the package index could not be read anew; trying with the one that is here"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
    -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "${missing[@]}" >"$root/build/apt.log" 2>&1 ||
    { tail -n 20 "$root/build/apt.log" >&2; fail "apt-get could not install them; its output is in build/apt.log"; }
}

# A compiler of this size takes about 1.5 GB where a source includes LibTorch.
build_jobs() {
  local cores fit
  cores=$(nproc)
  fit=$(awk '/^MemAvailable/ { print int($2 / 1500000) }' /proc/meminfo)
  echo $((fit < 1 ? 1 : fit < cores ? fit : cores))
}

# Configures if the options differ from those of the last time; Ninja sees to changes of the CMake files themselves.
configure() {
  local stamp=$root/build/release/configured options
  options=("-DLEVI_LIBTORCH=$libtorch" "-DLEVI_CUDA=$libtorch_cuda" "$@")
  [[ -e $root/build/release/build.ninja && -e $stamp && "$(<"$stamp")" == "${options[*]}" ]] && return
  rm -f "$stamp"
  cmake --preset release -Wno-author "${options[@]}" >"$root/build/configure.log" 2>&1 ||
    { cat "$root/build/configure.log" >&2; fail "the configure step failed; its output is above and in build/configure.log"; }
  grep '^-- LibTorch' "$root/build/configure.log" || true
  echo "${options[*]}" >"$stamp"
}

main() {
  [[ " $* " == *" -h "* || " $* " == *" --help "* ]] && { sed -n '3,/^set /{/^set /!s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; exit; }
  local from_environment
  read -ra from_environment <<<"${LEVI_CMAKE_OPTIONS:-}"
  set -- "${from_environment[@]}" "$@"
  cd "$root"
  mkdir -p build
  exec 9>build/lock
  flock -n 9 || { say "waiting for another build in this folder"; flock 9; }
  if [[ -z ${LEVI_SKIP_PACKAGES:-} ]]; then
    check_system "$@"
    mapfile -t packages < <(needed_packages "$@")
    install_packages "${packages[@]}"
  fi
  obtain_libtorch
  configure "$@"
  local targets
  read -ra targets <<<"${LEVI_TARGETS:-all}"
  cmake --build build/release --parallel "$(build_jobs)" --target "${targets[@]}"
}

main "$@"

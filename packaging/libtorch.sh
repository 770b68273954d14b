# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154
# Part of build.sh: finds a LibTorch, or fetches the wheel and unpacks it in build/deps without installing it in any Python.
# obtain_libtorch sets `libtorch` (a folder with include/ and lib/) and `libtorch_cuda` (ON or OFF).
torch_version=2.13.0

# The version that a LibTorch folder's headers state, as 2.13.0.
libtorch_version() {
  local header
  for header in "$1/include/torch/headeronly/version.h" "$1/include/torch/csrc/api/include/torch/version.h"; do
    [[ -e $header ]] || continue
    awk '/#define TORCH_VERSION_(MAJOR|MINOR|PATCH) / { printf "%s%s", dot, $3; dot = "." }' "$header"
    return
  done
}

is_libtorch() { [[ -e $1/include/ATen/core/Tensor.h && -e $1/lib/libtorch_cpu.so && -e $1/lib/libc10.so ]]; }

is_usable_libtorch() { [[ -n $1 ]] && is_libtorch "$1" && [[ "$(libtorch_version "$1")" == 2.1[1-4].* ]]; }

has_nvidia_driver() {
  [[ -e /usr/lib/wsl/lib/libcuda.so.1 ]] || PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep 'libcuda\.so\.1' >/dev/null
}

# Where the Pythons of this machine keep a torch, if they have one. Does not import it.
python_torch_folders() {
  local python
  for python in python3 /usr/bin/python3; do
    "$python" -c 'import importlib.util, os
spec = importlib.util.find_spec("torch")
print(os.path.dirname(spec.origin) if spec and spec.origin else "")' 2>/dev/null || true
  done
}

# The first usable LibTorch that is there already: that of the last build, installed ones, those of a Python.
present_libtorch() {
  local folder
  while read -r folder; do
    is_usable_libtorch "$folder" && { echo "$folder"; return; }
  done < <(cat "$deps/libtorch" 2>/dev/null; printf '%s\n' /usr/local/libtorch /opt/libtorch; python_torch_folders)
  return 1
}

# A Python that has pip; Debian's, installed if need be, where there is none.
python_with_pip() {
  local python
  for python in python3 /usr/bin/python3; do
    "$python" -m pip --version >/dev/null 2>&1 && { echo "$python"; return; }
  done
  [[ -z ${LEVI_SKIP_PACKAGES:-} ]] || fail "no Python with pip: install pip, or set LEVI_LIBTORCH to a LibTorch 2.11 to 2.14"
  install_packages python3-pip >&2
  echo /usr/bin/python3
}

# Downloads wheels into a folder: download_wheels FOLDER ARGUMENT... The tags are fixed, since only the C++ half is used
# and the Python that runs pip does not matter. No pip cache: it would hold the whole wheel in memory to store it.
download_wheels() {
  local folder=$1 minor tags=()
  shift
  for minor in {28..5}; do tags+=(--platform "manylinux_2_${minor}_x86_64"); done
  "$pip_python" -m pip --no-cache-dir download --dest "$folder" --only-binary=:all: \
    --python-version 3.11 --implementation cp --abi cp311 "${tags[@]}" --platform manylinux2014_x86_64 "$@"
}

# The wheel of torch: without a driver the PyTorch project's CPU build, if that index answers at once; else the plain one.
download_torch() {
  local wheels=$1 cuda=$2 wanted="torch==$torch_version"
  if [[ $cuda == ON ]]; then
    wanted+=",!=$torch_version+cpu"
  else
    say "fetching LibTorch $torch_version for the CPU (about 190 MB)"
    download_wheels "$wheels" --no-deps --retries 0 --timeout 10 \
      --extra-index-url https://download.pytorch.org/whl/cpu "torch==$torch_version+cpu" 2>/dev/null && return
  fi
  say "fetching LibTorch $torch_version (about 530 MB)"
  download_wheels "$wheels" --no-deps "$wanted"
}

# NVIDIA's wheels that an unpacked torch needs. The CPU half of the plain wheel names two of them, the CUDA half all.
nvidia_requirements() {
  local folder=$1 cuda=$2
  [[ -e $folder/torch/lib/libtorch_cuda.so ]] || return 0
  sed -n 's/^Requires-Dist: *\(\(cuda-toolkit\|nvidia-\)[^;]*\).*/\1/p' "$folder"/torch-*.dist-info/METADATA |
    if [[ $cuda == ON ]]; then cat; else sed -n 's/^cuda-toolkit\[[^]]*\]/cuda-toolkit[cudart,cupti]/p'; fi
}

unpack_wheels() {
  local wheel
  for wheel in "$1"/*.whl; do
    (cd "$2" && cmake -E tar xf "$wheel") || fail "$wheel is damaged: call again to fetch it anew"
    rm "$wheel"
  done
}

# Fetches the wheels and unpacks them beside their final place, which appears only when all is complete.
fetch_libtorch() {
  local target=$1 cuda=$2 work pip_python requirements
  pip_python=$(python_with_pip) || return 1
  rm -rf "$deps"/fetching.*
  work=$(mktemp -d "$deps/fetching.XXXXXX")
  mkdir "$work/wheels" "$work/tree"
  download_torch "$work/wheels" "$cuda" || return 1
  unpack_wheels "$work/wheels" "$work/tree"
  mapfile -t requirements < <(nvidia_requirements "$work/tree" "$cuda")
  if ((${#requirements[@]})); then
    say "fetching ${requirements[*]}"
    download_wheels "$work/wheels" -q "${requirements[@]}" || return 1
    unpack_wheels "$work/wheels" "$work/tree"
  fi
  is_usable_libtorch "$work/tree/torch" || fail "the wheel of torch $torch_version does not hold what was expected"
  mv "$work/tree" "$target"
  rm -rf "$work"
}

# Fetches unless an earlier call did. With a driver the CUDA build, and the CPU one where that cannot be had.
fetched_libtorch() {
  local target
  if [[ $wanted_cuda == ON ]]; then
    target=$deps/torch-$torch_version-cuda
    [[ -d $target ]] || fetch_libtorch "$target" ON || say "the CUDA build could not be fetched; taking the CPU build" >&2
    [[ -d $target ]] && { libtorch=$target/torch; return; }
  fi
  target=$deps/torch-$torch_version-cpu
  [[ -d $target ]] || fetch_libtorch "$target" OFF ||
    fail "LibTorch could not be fetched. Without a network set LEVI_LIBTORCH to a LibTorch 2.11 to 2.14."
  libtorch=$target/torch
}

# Whether the CUDA half can be loaded, too. The plain wheel has one, but not what it needs unless all was fetched.
has_cuda_half() { [[ $1 != "$deps/torch-$torch_version-cpu/torch" && -e $1/lib/libtorch_cuda.so ]]; }

obtain_libtorch() {
  local wanted_cuda=${LEVI_CUDA:-}
  mkdir -p "$deps"
  if [[ -z $wanted_cuda ]]; then has_nvidia_driver && wanted_cuda=ON || wanted_cuda=OFF; fi
  if [[ -n ${LEVI_LIBTORCH:-} ]]; then
    libtorch=$(realpath -m "$LEVI_LIBTORCH")
    is_libtorch "$libtorch" || fail "LEVI_LIBTORCH: $libtorch has no include/ATen/core/Tensor.h and lib/libtorch_cpu.so"
    is_usable_libtorch "$libtorch" || say "LibTorch $(libtorch_version "$libtorch") is outside the tried range 2.11 to 2.14" >&2
  elif ! libtorch=$(present_libtorch) || { [[ ${LEVI_CUDA:-} == ON ]] && ! has_cuda_half "$libtorch"; }; then
    fetched_libtorch
  fi
  libtorch_cuda=OFF
  if [[ $wanted_cuda == ON ]]; then
    if has_cuda_half "$libtorch"; then
      libtorch_cuda=ON
    else
      say "an NVIDIA driver is here, but $libtorch computes on the CPU only; LEVI_CUDA=ON packaging/build.sh fetches another"
    fi
  fi
  echo "$libtorch" >"$deps/libtorch"
}

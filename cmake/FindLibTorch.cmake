# SPDX-License-Identifier: Apache-2.0
# Finds LibTorch without the CMake files of the wheel, which demand a CUDA toolkit.
#
# Looks in LEVI_LIBTORCH (cache variable or environment): a folder that holds include/ and lib/, as an unpacked LibTorch
# or the `torch` folder of a wheel does. Defines the target LibTorch::LibTorch and LibTorch_VERSION.
# The includes go in with -idirafter: the wheel brings an fmt of its own, which would shadow the distribution's.
set(LEVI_LIBTORCH "$ENV{LEVI_LIBTORCH}" CACHE PATH "Folder of LibTorch: the one that holds include/ and lib/")

find_path(LibTorch_INCLUDE_DIR NAMES ATen/core/Tensor.h PATHS "${LEVI_LIBTORCH}/include" NO_DEFAULT_PATH)
find_library(LibTorch_CPU_LIBRARY NAMES torch_cpu PATHS "${LEVI_LIBTORCH}/lib" NO_DEFAULT_PATH)
find_library(LibTorch_C10_LIBRARY NAMES c10 PATHS "${LEVI_LIBTORCH}/lib" NO_DEFAULT_PATH)
find_library(LibTorch_CUDA_LIBRARY NAMES torch_cuda PATHS "${LEVI_LIBTORCH}/lib" NO_DEFAULT_PATH)
find_library(LibTorch_C10_CUDA_LIBRARY NAMES c10_cuda PATHS "${LEVI_LIBTORCH}/lib" NO_DEFAULT_PATH)

set(_levi_torch_version_header "${LibTorch_INCLUDE_DIR}/torch/headeronly/version.h")
if(NOT EXISTS "${_levi_torch_version_header}")
  set(_levi_torch_version_header "${LibTorch_INCLUDE_DIR}/torch/csrc/api/include/torch/version.h")
endif()
if(EXISTS "${_levi_torch_version_header}")
  file(STRINGS "${_levi_torch_version_header}" _levi_torch_numbers REGEX "#define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
  string(REGEX REPLACE "[^0-9;]" "" _levi_torch_numbers "${_levi_torch_numbers}")
  list(JOIN _levi_torch_numbers "." LibTorch_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch
  REQUIRED_VARS LibTorch_CPU_LIBRARY LibTorch_C10_LIBRARY LibTorch_INCLUDE_DIR
  VERSION_VAR LibTorch_VERSION
  REASON_FAILURE_MESSAGE "Run packaging/build.sh, or set LEVI_LIBTORCH to the folder that holds LibTorch's include/ and lib/.")

if(LibTorch_FOUND AND NOT TARGET LibTorch::LibTorch)
  if(LibTorch_VERSION VERSION_LESS 2.11 OR LibTorch_VERSION VERSION_GREATER_EQUAL 2.15)
    message(WARNING "LibTorch ${LibTorch_VERSION} is outside the tried range 2.11 to 2.14: expect surprises.")
  endif()
  add_library(LibTorch::LibTorch INTERFACE IMPORTED)
  target_compile_options(LibTorch::LibTorch INTERFACE
    "SHELL:-idirafter ${LibTorch_INCLUDE_DIR}"
    "SHELL:-idirafter ${LibTorch_INCLUDE_DIR}/torch/csrc/api/include")
  target_link_libraries(LibTorch::LibTorch INTERFACE ${LibTorch_CPU_LIBRARY} ${LibTorch_C10_LIBRARY})
  # The CUDA half registers itself when it is loaded. Without a driver's libcuda the CPU half must still start, so it is
  # linked only where build.sh found a driver (see LEVI_CUDA).
  if(LEVI_CUDA AND LibTorch_CUDA_LIBRARY AND LibTorch_C10_CUDA_LIBRARY)
    target_link_libraries(LibTorch::LibTorch INTERFACE
      -Wl,--no-as-needed ${LibTorch_CUDA_LIBRARY} ${LibTorch_C10_CUDA_LIBRARY} -Wl,--as-needed)
  endif()
  # The wheel's libraries look for NVIDIA's beside the torch folder; the linker has to find them too.
  file(GLOB _levi_nvidia_folders "${LEVI_LIBTORCH}/../nvidia/*/lib")
  foreach(_levi_folder IN LISTS _levi_nvidia_folders)
    target_link_options(LibTorch::LibTorch INTERFACE "-Wl,-rpath-link,${_levi_folder}")
  endforeach()
  target_link_options(LibTorch::LibTorch INTERFACE "-Wl,--allow-shlib-undefined")
endif()
mark_as_advanced(LibTorch_INCLUDE_DIR LibTorch_CPU_LIBRARY LibTorch_C10_LIBRARY LibTorch_CUDA_LIBRARY LibTorch_C10_CUDA_LIBRARY)

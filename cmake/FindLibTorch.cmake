# SPDX-License-Identifier: Apache-2.0
# Finds LibTorch without the CMake files of the wheel, which demand a CUDA toolkit.
#
# LEVI_LIBTORCH (cache variable, else environment, else what packaging/build.sh wrote to build/deps/libtorch) is a folder
# that holds include/ and lib/, as an unpacked LibTorch or the `torch` folder of a wheel does.
# LEVI_CUDA: link the CUDA half too. Default: where LibTorch has one and the NVIDIA driver is installed.
# Defines the target LibTorch::LibTorch and LibTorch_VERSION.
if(NOT LEVI_LIBTORCH)
  set(_levi_libtorch "$ENV{LEVI_LIBTORCH}")
  if(NOT _levi_libtorch AND EXISTS "${CMAKE_SOURCE_DIR}/build/deps/libtorch")
    file(STRINGS "${CMAKE_SOURCE_DIR}/build/deps/libtorch" _levi_libtorch LIMIT_COUNT 1)
  endif()
  # By force: an earlier configure may have failed and left an empty entry.
  set(LEVI_LIBTORCH "${_levi_libtorch}" CACHE PATH "Folder of LibTorch: the one that holds include/ and lib/" FORCE)
endif()

# Another LibTorch than in the last configure: forget where the last one's parts were.
if(NOT LEVI_LIBTORCH STREQUAL "${LEVI_LIBTORCH_BEFORE}")
  foreach(_levi_part INCLUDE_DIR CPU_LIBRARY C10_LIBRARY CUDA_LIBRARY C10_CUDA_LIBRARY)
    unset(LibTorch_${_levi_part} CACHE)
  endforeach()
endif()
set(LEVI_LIBTORCH_BEFORE "${LEVI_LIBTORCH}" CACHE INTERNAL "LibTorch of the last configure")

find_path(LibTorch_INCLUDE_DIR NAMES ATen/core/Tensor.h PATHS "${LEVI_LIBTORCH}/include" NO_DEFAULT_PATH)
find_library(LibTorch_CPU_LIBRARY NAMES torch_cpu PATHS "${LEVI_LIBTORCH}/lib" NO_DEFAULT_PATH)
find_library(LibTorch_C10_LIBRARY NAMES c10 PATHS "${LEVI_LIBTORCH}/lib" NO_DEFAULT_PATH)
find_library(LibTorch_CUDA_LIBRARY NAMES torch_cuda PATHS "${LEVI_LIBTORCH}/lib" NO_DEFAULT_PATH)
find_library(LibTorch_C10_CUDA_LIBRARY NAMES c10_cuda PATHS "${LEVI_LIBTORCH}/lib" NO_DEFAULT_PATH)
find_library(LEVI_CUDA_DRIVER NAMES libcuda.so.1 PATHS /usr/lib/wsl/lib PATH_SUFFIXES nvidia/current)

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

# Only these folders of LibTorch's include/ are seen, through links. Beside them lie an fmt that would shadow the
# distribution's (and break spdlog), pybind11 and more. -idirafter would hide those too, but then headers of another
# LibTorch in /usr/include (Debian's libtorch-dev) would win. The name tells versions apart, so that a changed LibTorch
# changes the command line and rebuilds what includes it.
function(_levi_link_torch_headers include_dir version out)
  string(MD5 _hash "${include_dir}")
  string(SUBSTRING "${_hash}" 0 8 _hash)
  set(_view "${CMAKE_BINARY_DIR}/include/libtorch-${version}-${_hash}")
  file(MAKE_DIRECTORY "${_view}")
  foreach(_folder ATen c10 caffe2 torch)
    if(EXISTS "${include_dir}/${_folder}")
      file(CREATE_LINK "${include_dir}/${_folder}" "${_view}/${_folder}" SYMBOLIC)
    endif()
  endforeach()
  set(${out} "${_view}" PARENT_SCOPE)
endfunction()

if(LibTorch_FOUND AND NOT TARGET LibTorch::LibTorch)
  if(LibTorch_VERSION VERSION_LESS 2.11 OR LibTorch_VERSION VERSION_GREATER_EQUAL 2.15)
    message(WARNING "LibTorch ${LibTorch_VERSION} is outside the tried range 2.11 to 2.14: expect surprises.")
  endif()
  _levi_link_torch_headers("${LibTorch_INCLUDE_DIR}" "${LibTorch_VERSION}" _levi_torch_headers)
  add_library(LibTorch::LibTorch INTERFACE IMPORTED)
  # As options and no include directories: moc reads through those, which takes it ten seconds a test.
  foreach(_levi_folder "${_levi_torch_headers}" "${LibTorch_INCLUDE_DIR}/torch/csrc/api/include")
    target_compile_options(LibTorch::LibTorch INTERFACE "SHELL:-isystem \"${_levi_folder}\"")
  endforeach()
  target_link_libraries(LibTorch::LibTorch INTERFACE ${LibTorch_CPU_LIBRARY} ${LibTorch_C10_LIBRARY})

  if(LEVI_CUDA_DRIVER AND LibTorch_CUDA_LIBRARY AND LibTorch_C10_CUDA_LIBRARY)
    set(_levi_cuda_default ON)
  else()
    set(_levi_cuda_default OFF)
  endif()
  option(LEVI_CUDA "Link LibTorch's CUDA half" ${_levi_cuda_default})
  if(LEVI_CUDA AND NOT (LibTorch_CUDA_LIBRARY AND LibTorch_C10_CUDA_LIBRARY))
    message(FATAL_ERROR "LEVI_CUDA is ON, but ${LEVI_LIBTORCH}/lib has no libtorch_cuda.so: take a LibTorch built for CUDA.")
  endif()
  # No symbol of the CUDA half is named by our code: it registers its kernels when it is loaded, so the linker must keep it.
  # One option, so that nothing can come between its parts.
  if(LEVI_CUDA)
    target_link_options(LibTorch::LibTorch INTERFACE
      "LINKER:--no-as-needed,${LibTorch_CUDA_LIBRARY},${LibTorch_C10_CUDA_LIBRARY},--as-needed")
  endif()
  # The wheel's libraries look for NVIDIA's beside the torch folder, and not all of those need be there when the CPU half
  # is all that we link.
  file(GLOB _levi_nvidia_folders "${LEVI_LIBTORCH}/../nvidia/*/lib")
  foreach(_levi_folder IN LISTS _levi_nvidia_folders)
    target_link_options(LibTorch::LibTorch INTERFACE "LINKER:-rpath-link,${_levi_folder}")
  endforeach()
  target_link_options(LibTorch::LibTorch INTERFACE "LINKER:--allow-shlib-undefined")
  message(STATUS "LibTorch ${LibTorch_VERSION} in ${LEVI_LIBTORCH}, CUDA ${LEVI_CUDA}")
endif()
mark_as_advanced(LibTorch_INCLUDE_DIR LibTorch_CPU_LIBRARY LibTorch_C10_LIBRARY LibTorch_CUDA_LIBRARY
  LibTorch_C10_CUDA_LIBRARY LEVI_CUDA_DRIVER)

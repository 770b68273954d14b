# SPDX-License-Identifier: Apache-2.0
# Targets that look at sources and build nothing: format, format-check, tidy (the last needs a configured build only).
set(_levi_sources "git ls-files '*.h' '*.cpp'")
add_custom_target(format COMMAND sh -c "${_levi_sources} | xargs clang-format -i"
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} VERBATIM)
add_custom_target(format-check COMMAND sh -c "${_levi_sources} | xargs clang-format --dry-run -Werror"
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} VERBATIM)
add_custom_target(tidy COMMAND run-clang-tidy -quiet -p ${CMAKE_BINARY_DIR} "${CMAKE_SOURCE_DIR}/(core|ui|app)/"
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} VERBATIM)

# SPDX-License-Identifier: Apache-2.0
# Standard, warnings and folders for every target, stated once.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)

# What every source of a kind parses anyway, parsed once: headers of others only, so that no change of ours rebuilds it.
# Worth it where those headers are large; loading what is not used costs as much as parsing what is. Libraries of one kind
# share the work of the first of them, so their flags have to agree; those of tests never do (Qt6::Test defines where each
# was built). The dev preset goes without, so that a source that leans on it is seen.
set(LEVI_PCH_engine <algorithm> <array> <cmath> <cstdint> <filesystem> <functional> <map> <memory> <optional> <set> <span>
  <string> <string_view> <vector> <fmt/format.h> <fmt/ranges.h> <nlohmann/json.hpp>
  <ATen/TensorOperators.h> <ATen/core/Tensor.h> <c10/core/GradMode.h>)
set(LEVI_PCH_ui <QtWidgets> <algorithm> <filesystem> <map> <optional> <set> <string> <vector>)
set(LEVI_PCH_test_engine ${LEVI_PCH_engine} <QTest> <QTemporaryDir>)
set(LEVI_PCH_test_gui ${LEVI_PCH_ui} <QTest>)
function(levi_precompile target kind)
  get_property(first GLOBAL PROPERTY LEVI_PCH_OF_${kind})
  if(first AND NOT kind MATCHES "^test")
    target_precompile_headers(${target} REUSE_FROM ${first})
  else()
    set_property(GLOBAL PROPERTY LEVI_PCH_OF_${kind} ${target})
    target_precompile_headers(${target} PRIVATE ${LEVI_PCH_${kind}})
  endif()
endfunction()

# Options of a target of ours, whatever its kind.
#   levi_target(levi_ui [PRECOMPILED ui])
function(levi_target name)
  cmake_parse_arguments(OUR "" "PRECOMPILED" "" ${ARGN})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
    # Designated initialisers leave fields at their defaults on purpose; -Wrestrict is wrong about std::string in GCC 12,
    # and so is -Wstringop-overflow where that is precompiled.
    -Wno-missing-field-initializers -Wno-restrict $<$<BOOL:${OUR_PRECOMPILED}>:-Wno-stringop-overflow>
    $<$<BOOL:${LEVI_WERROR}>:-Werror>)
  if(LEVI_PCH AND OUR_PRECOMPILED)
    levi_precompile(${name} ${OUR_PRECOMPILED})
  endif()
endfunction()

# Where the time goes into the disk, SQLite, Qt or text, not into loops of ours: compiled with less effort in a release, a
# fifth less to wait. For a target, or for some sources of one.
#   levi_compile_lightly(levi_ui)
#   levi_compile_lightly(levi_core run_store.cpp ...)
function(levi_compile_lightly target)
  set(lightly $<$<CONFIG:Release>:-O1>)
  if(ARGN)
    set_source_files_properties(${ARGN} TARGET_DIRECTORY ${target} PROPERTIES COMPILE_OPTIONS ${lightly})
  else()
    target_compile_options(${target} PRIVATE ${lightly})
  endif()
endfunction()

# A room of the engine: a static library that may see only the rooms and libraries it names, so that calls go down only.
#   levi_engine_room(model TENSORS SOURCES safetensors.cpp ... LIBRARIES levi_engine_text)
# TENSORS: most of its sources speak of them.
function(levi_engine_room room)
  cmake_parse_arguments(ROOM "TENSORS" "" "SOURCES;LIBRARIES" ${ARGN})
  add_library(levi_engine_${room} STATIC ${ROOM_SOURCES})
  if(ROOM_TENSORS)
    levi_target(levi_engine_${room} PRECOMPILED engine)
  else()
    levi_target(levi_engine_${room})
  endif()
  target_link_libraries(levi_engine_${room} PUBLIC levi_core LibTorch::LibTorch ${ROOM_LIBRARIES})
endfunction()

# The tests of a room: one executable and one ctest entry, both named after the room.
#   levi_test(stats SOURCES tst_metrics.cpp ... LIBRARIES levi_core [ENGINE] [GUI])
# ENGINE: the sources include LibTorch, whose headers do not compile beside Qt's keywords.
# GUI: the tests need a QApplication; they run on the offscreen platform.
function(levi_test room)
  cmake_parse_arguments(TEST "ENGINE;GUI" "TIMEOUT" "SOURCES;LIBRARIES" ${ARGN})
  set(target tst_${room})
  add_executable(${target} ${TEST_SOURCES} ${CMAKE_SOURCE_DIR}/tests/support/test_main.cpp)
  set_target_properties(${target} PROPERTIES AUTOMOC ON)
  if(TEST_GUI)
    levi_target(${target} PRECOMPILED test_gui)
  elseif(TEST_ENGINE)
    levi_target(${target} PRECOMPILED test_engine)
  else()
    levi_target(${target})
  endif()
  levi_compile_lightly(${target}) # what is tested keeps its own
  target_link_libraries(${target} PRIVATE ${TEST_LIBRARIES} Qt6::Core Qt6::Test)
  target_compile_definitions(${target} PRIVATE
    LEVI_SOURCE_DIR="${CMAKE_SOURCE_DIR}" LEVI_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}"
    $<$<BOOL:${TEST_ENGINE}>:QT_NO_KEYWORDS> $<$<BOOL:${TEST_GUI}>:LEVI_TEST_GUI>)
  if(TEST_GUI)
    target_link_libraries(${target} PRIVATE Qt6::Widgets)
  endif()
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 1200)
  endif()
  add_test(NAME ${room} COMMAND ${target})
  set_tests_properties(${room} PROPERTIES TIMEOUT ${TEST_TIMEOUT} ENVIRONMENT "QT_QPA_PLATFORM=offscreen;LC_ALL=C.UTF-8;OMP_WAIT_POLICY=PASSIVE;GOMP_SPINCOUNT=1000")
endfunction()

# Test executables: beside the code per room, contracts, scenarios, and the fuzz targets.
find_package(GTest REQUIRED)
include(GoogleTest)

# ./test builds by kind: unit_tests, contract_tests, scenario_tests, threads_tests, fuzz_replays.
foreach(kind unit contract scenario threads)
  add_custom_target(${kind}_tests)
endforeach()
add_custom_target(fuzz_replays)

# What tests share: the real binary as a child process, a small HTTP client.
file(GLOB support CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/support/*.cc)
add_library(madang_test_support STATIC ${support})
target_link_libraries(madang_test_support PUBLIC madang_core OpenSSL::SSL)
target_include_directories(madang_test_support PUBLIC ${CMAKE_SOURCE_DIR}/tests)
target_compile_definitions(madang_test_support PRIVATE MADANG_BINARY="$<TARGET_FILE:madang>")

# A test's own code need not be quick, what it tests is: without optimising, a file of tests compiles in half the time.
set(MADANG_TEST_OPTIONS -O0)
madang_precompile(madang_test_headers HEADERS ${MADANG_COMMON_HEADERS} <gtest/gtest.h> <gmock/gmock.h>
  LIBRARIES fmt::fmt GTest::gtest GTest::gmock OPTIONS ${MADANG_TEST_OPTIONS})

# Under ASan ctest runs suite by suite: a program needs 0.1 s to start, and a suite on PostgreSQL one server of its own.
function(madang_suites target room label)
  set(described ${CMAKE_BINARY_DIR}/${target}_suites)
  file(GENERATE OUTPUT ${described}.cmake CONTENT "set(PROGRAM $<TARGET_FILE:${target}>)\nset(ROOM ${room})\nset(LABEL ${label})
set(SUITES ${described}_found.cmake)\ninclude(${CMAKE_SOURCE_DIR}/cmake/suites_of.cmake)\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${described}.cmake)
endfunction()

function(madang_test target label sources)
  add_executable(${target} ${sources})
  target_link_libraries(${target} PRIVATE ${ARGN} madang_test_support GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_options(${target} PRIVATE ${MADANG_TEST_OPTIONS})
  madang_precompiled(${target} madang_test_headers)
  madang_together(${target})
  target_compile_definitions(${target} PRIVATE MADANG_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
    MADANG_BINARY="$<TARGET_FILE:madang>")
  add_dependencies(${label}_tests ${target})
  string(REGEX REPLACE "(_threads)?_test$" "" room ${target})
  if(MADANG_SANITIZE MATCHES "address")
    madang_suites(${target} ${room} ${label})
  else()
    gtest_discover_tests(${target} TEST_PREFIX "${room}." NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60 DISCOVERY_MODE PRE_TEST
      PROPERTIES LABELS "${label}" TIMEOUT 600)
  endif()
endfunction()

get_property(rooms GLOBAL PROPERTY madang_rooms)
foreach(room ${rooms})
  get_property(unit GLOBAL PROPERTY madang_tests_of_${room})
  set(threads ${unit})
  list(FILTER unit EXCLUDE REGEX "_threads_test\\.cc$")
  list(FILTER threads INCLUDE REGEX "_threads_test\\.cc$")
  if(unit)
    madang_test(${room}_test unit "${unit}" madang_${room})
  endif()
  if(threads)
    madang_test(${room}_threads_test threads "${threads}" madang_${room})
  endif()
endforeach()

# Madang with a domain that only tests know: a folder, and one line beside those of src/app/modules.cc.
file(GLOB toy CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/toy/*.cc)
add_executable(madang_with_toy EXCLUDE_FROM_ALL ${toy})
target_include_directories(madang_with_toy PRIVATE ${CMAKE_SOURCE_DIR}/tests)
target_link_libraries(madang_with_toy PRIVATE madang_app madang_test_support)

foreach(kind contract scenario)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${kind}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/scenario/mqtt/")
  if(sources)
    madang_test(${kind}_test ${kind} "${sources}" madang_app)
    if(kind STREQUAL scenario)
      add_dependencies(scenario_test madang madang_with_toy)
      target_compile_definitions(scenario_test PRIVATE MADANG_TOY_BINARY="$<TARGET_FILE:madang_with_toy>")
    endif()
  endif()
endforeach()

# MQTT with Debian's mosquitto and libmosquitto: needs the web room only.
file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/scenario/mqtt/*.cc)
pkg_check_modules(MOSQUITTO REQUIRED IMPORTED_TARGET libmosquitto)
madang_test(mqtt_scenario_test scenario "${sources}" madang_web PkgConfig::MOSQUITTO)

# fuzz/<noun>_fuzz.cc: under clang a libFuzzer program, otherwise a program that replays fuzz/corpus/<noun>/.
file(GLOB fuzzers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/fuzz/*_fuzz.cc)
foreach(source ${fuzzers})
  get_filename_component(target ${source} NAME_WE)
  string(REPLACE "_fuzz" "" noun ${target})
  if(MADANG_FUZZ)
    add_executable(${target} ${source})
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  else()
    add_executable(${target} ${source} ${CMAKE_SOURCE_DIR}/fuzz/replay_main.cc)
    add_dependencies(fuzz_replays ${target})
    add_test(NAME fuzz.${noun} COMMAND ${target} ${CMAKE_SOURCE_DIR}/fuzz/corpus/${noun})
    set_tests_properties(fuzz.${noun} PROPERTIES LABELS fuzz TIMEOUT 120)
  endif()
  target_link_libraries(${target} PRIVATE madang_app)
endforeach()

# The control room's own tests, and its stories in a real browser against the real binary.
add_test(NAME ui.unit COMMAND npm --prefix ${CMAKE_SOURCE_DIR}/ui test --silent)
add_test(NAME ui.types COMMAND npm --prefix ${CMAKE_SOURCE_DIR}/ui run --silent check)
set_tests_properties(ui.unit ui.types PROPERTIES LABELS ui TIMEOUT 300)
# The API document as others' tools read it; its answers are held against it by scenario_test.
add_test(NAME api.lint COMMAND npm --prefix ${CMAKE_SOURCE_DIR}/tests/api run --silent lint)
set_tests_properties(api.lint PROPERTIES LABELS ui TIMEOUT 300)
# Two cities side by side: one of them mostly waits for its smoke.
set(MADANG_STORIES_rooms control_room,keyboard,toy_domain,public_page,situations,truth,pseudo_locale,access)
set(MADANG_STORIES_plume subscribers,operators,plume,pictures,restart)
if(EXISTS ${CMAKE_SOURCE_DIR}/tests/browser/package.json)
  foreach(part rooms plume)
    add_test(NAME browser.${part} COMMAND npm --prefix ${CMAKE_SOURCE_DIR}/tests/browser test --silent)
    set_tests_properties(browser.${part} PROPERTIES LABELS browser TIMEOUT 2400 COST 1000  # the longest begin first
      ENVIRONMENT "MADANG_BINARY=${CMAKE_BINARY_DIR}/madang;MADANG_STORIES=${MADANG_STORIES_${part}}")
  endforeach()
endif()

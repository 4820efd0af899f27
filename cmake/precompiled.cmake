# The headers that most files read, parsed once per preset: the standard library's and fmt's, and with GoogleTest's for tests.
# A file still names what it uses: the tidy and fuzz presets (clang) build without them and so prove it.
function(madang_precompiled target headers)
  get_target_property(kind ${target} TYPE)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT kind STREQUAL "INTERFACE_LIBRARY")
    target_precompile_headers(${target} REUSE_FROM ${headers})
  endif()
endfunction()

# A target that carries the headers for others: madang_precompile(NAME HEADERS <a> <b> LIBRARIES x y OPTIONS -O0).
function(madang_precompile name)
  cmake_parse_arguments(PRE "" "" "HEADERS;LIBRARIES;OPTIONS" ${ARGN})
  set(source ${CMAKE_BINARY_DIR}/${name}.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT "// Holds nothing: its target carries precompiled headers.\n")
  add_library(${name} OBJECT ${source})
  target_link_libraries(${name} PRIVATE madang_options ${PRE_LIBRARIES})
  target_compile_options(${name} PRIVATE ${PRE_OPTIONS})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_precompile_headers(${name} PRIVATE ${PRE_HEADERS})
  endif()
endfunction()

set(MADANG_COMMON_HEADERS <algorithm> <array> <atomic> <chrono> <cmath> <condition_variable> <cstddef> <cstdint> <cstdio>
  <cstring> <deque> <filesystem> <fstream> <functional> <iterator> <limits> <map> <memory> <mutex> <optional> <set> <span>
  <string> <string_view> <thread> <unordered_map> <utility> <variant> <vector> <fmt/format.h>)
madang_precompile(madang_common_headers HEADERS ${MADANG_COMMON_HEADERS} LIBRARIES fmt::fmt)

# Files of one room, and of one program of tests, are compiled a few at a time: most of the time for one file goes to the headers that its neighbours read too.
# As with precompiled headers, a file still stands alone: the tidy and fuzz presets (clang) compile each by itself.
option(MADANG_UNITY "compile files of a room together" ON)
function(madang_together target)
  get_target_property(kind ${target} TYPE)
  if(MADANG_UNITY AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT kind STREQUAL "INTERFACE_LIBRARY")
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 16)
    # Of types in a class that only one file sees, g++ cannot know it once that file is read as part of another.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  endif()
endfunction()

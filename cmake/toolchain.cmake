# Compiler, linker and warnings: the same for every room.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(madang_options INTERFACE)
target_compile_options(madang_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
target_include_directories(madang_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_definitions(madang_options INTERFACE MADANG_VERSION="${PROJECT_VERSION}")

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports false positives of these inside inlined library code at -O2.
  target_compile_options(madang_options INTERFACE -Wno-maybe-uninitialized -Wno-restrict -Wno-array-bounds
    -Wno-stringop-overflow -Wno-stringop-overread -Wno-dangling-pointer -Wno-free-nonheap-object -Wno-nonnull)
else()
  # libstdc++ 12 calls what it declares deprecated (get_temporary_buffer inside inplace_merge).
  target_compile_options(madang_options INTERFACE -Wno-deprecated-declarations)
  # What locks guard (src/runtime/guarded.h): tools/tidy --clang and every build with clang hold the code to it.
  target_compile_options(madang_options INTERFACE -Wthread-safety -Werror=thread-safety)
endif()

if(MADANG_SANITIZE)
  add_compile_options(-fsanitize=${MADANG_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${MADANG_SANITIZE})
  if(MADANG_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Asio uses fences beside its mutexes; g++ warns that tsan does not see them, and needs not.
    add_compile_options(-Wno-tsan)
  endif()
  if(MADANG_SANITIZE MATCHES "undefined")
    # Four of UBSan's checks are left out: they double the time to compile, ASan already stops at a null or foreign
    # pointer, x86 reads unaligned, and SOCI's library hides the type information that vptr links against.
    add_compile_options(-fno-sanitize=null,object-size,alignment,vptr)
  endif()
endif()

find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

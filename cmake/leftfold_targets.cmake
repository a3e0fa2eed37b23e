# The two ways a target is made here: a library that is a layer of the house, and a program.

add_library(leftfold_compile_options INTERFACE)
target_compile_features(leftfold_compile_options INTERFACE cxx_std_20)
target_compile_options(leftfold_compile_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wnon-virtual-dtor
  # Where sources are compiled several at a time, what a local name hides is often another file's.
  $<$<NOT:$<BOOL:${LEFTFOLD_UNITY}>>:-Wshadow>
  # g++ 12 with sanitizers sees uses of uninitialised values inside Asio that are not there.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
  $<$<CXX_COMPILER_ID:Clang>:-Wreserved-identifier>
  $<$<BOOL:${LEFTFOLD_WARNINGS_AS_ERRORS}>:-Werror>)

# leftfold_library(NAME ALIAS SOURCES… [HEADERS dir] [PUBLIC …] [PRIVATE …])
#
# Makes the static library leftfold_NAME, known to users as leftfold::NAME, from SOURCES, with the public headers below
# HEADERS. The headers form a file set, so they are installed and each is proved to compile alone.
function(leftfold_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "HEADERS" "SOURCES;PUBLIC;PRIVATE")
  if(NOT arg_SOURCES)  # a layer that is not written yet
    file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/empty.cpp" "// nothing here yet\n")
    set(arg_SOURCES "${CMAKE_CURRENT_BINARY_DIR}/empty.cpp")
  endif()
  add_library(leftfold_${name} ${arg_SOURCES})
  add_library(leftfold::${name} ALIAS leftfold_${name})
  target_compile_features(leftfold_${name} PUBLIC cxx_std_20)
  if(LEFTFOLD_BUILD_FUZZERS)  # libFuzzer sees which ways an input takes through the library
    target_compile_options(leftfold_${name} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
  if(LEFTFOLD_UNITY)
    set_target_properties(leftfold_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 16
      UNITY_BUILD_CODE_BEFORE_INCLUDE "// NOLINTNEXTLINE(bugprone-suspicious-include)")
  endif()
  if(arg_HEADERS)
    file(GLOB_RECURSE headers CONFIGURE_DEPENDS "${arg_HEADERS}/*.hpp")
    target_sources(leftfold_${name} PUBLIC FILE_SET HEADERS BASE_DIRS "${arg_HEADERS}" FILES ${headers})
  endif()
  target_link_libraries(leftfold_${name}
    PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE} $<BUILD_INTERFACE:leftfold_compile_options>)
  set_target_properties(leftfold_${name} PROPERTIES
    EXPORT_NAME ${name} VERIFY_INTERFACE_HEADER_SETS ON
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
endfunction()

# compile_together(TARGET): six of its files at a time, where all is built at once.
function(compile_together target)
  if(LEFTFOLD_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
  endif()
endfunction()

# leftfold_program(NAME SOURCES… LINK…): a program in build/<preset>/bin.
function(leftfold_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LINK} leftfold_compile_options)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
endfunction()

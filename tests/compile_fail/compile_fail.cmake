# Compiles CASE with the compiler of a KIND, and fails unless its first error is the one that the case expects.
# Usage: cmake -DKIND=<gcc|clang> -DCASE=<file> -DROOT=<leftfold> -P compile_fail.cmake
set(compiler g++)
if(KIND STREQUAL "clang")
  set(compiler clang++-14)
endif()

file(STRINGS "${CASE}" lines REGEX "^// expect( ${KIND})?: ")
list(LENGTH lines count)
if(NOT count EQUAL 1)
  message(FATAL_ERROR "${CASE} must say once what ${KIND} is to answer, says it ${count} times")
endif()
string(REGEX REPLACE "^// expect[^:]*: " "" expected "${lines}")

execute_process(
  COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C ${compiler} -std=c++20 -fsyntax-only -fmax-errors=1
    -I${ROOT}/storage/include -I${ROOT}/framework/include -I${ROOT}/projections/include ${CASE}
  RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(status EQUAL 0)
  message(FATAL_ERROR "${CASE} compiles, but must not")
endif()
# Square brackets and semicolons mean something in CMake's lists, so the first error is cut out of the text itself.
string(REGEX MATCH "[^\n]*error: [^\n]*" first "${output}")
if(NOT first MATCHES "${expected}")
  message(FATAL_ERROR "the first error is\n  ${first}\nand was expected to match\n  ${expected}\nall of it:\n${output}")
endif()

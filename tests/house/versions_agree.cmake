# Fails unless CMakeLists.txt, version.hpp and the newest entry of CHANGELOG.md name one version.
# Usage: cmake -DSOURCE=<root> -P versions_agree.cmake
file(READ "${SOURCE}/CMakeLists.txt" cmake)
file(READ "${SOURCE}/storage/include/leftfold/storage/version.hpp" header)
file(READ "${SOURCE}/CHANGELOG.md" changes)

string(REGEX MATCH "project\\(leftfold VERSION ([0-9]+)\\.([0-9]+)\\.([0-9]+)" _ "${cmake}")
set(expected "${CMAKE_MATCH_1}.${CMAKE_MATCH_2}.${CMAKE_MATCH_3}")
math(EXPR expected_number "${CMAKE_MATCH_1} * 10000 + ${CMAKE_MATCH_2} * 100 + ${CMAKE_MATCH_3}")

string(REGEX MATCH "#define LEFTFOLD_VERSION ([0-9]+)" _ "${header}")
if(NOT CMAKE_MATCH_1 EQUAL expected_number)
  message(SEND_ERROR "LEFTFOLD_VERSION is ${CMAKE_MATCH_1}, wanted ${expected_number} for ${expected}")
endif()
string(REGEX MATCH "#define LEFTFOLD_VERSION_STRING \"([^\"]*)\"" _ "${header}")
if(NOT CMAKE_MATCH_1 STREQUAL expected)
  message(SEND_ERROR "LEFTFOLD_VERSION_STRING is ${CMAKE_MATCH_1}, wanted ${expected}")
endif()
string(REGEX MATCH "\n## ([0-9.]+)" _ "${changes}")
if(NOT CMAKE_MATCH_1 STREQUAL expected)
  message(SEND_ERROR "the newest entry of CHANGELOG.md is ${CMAKE_MATCH_1}, wanted ${expected}")
endif()

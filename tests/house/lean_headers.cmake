# Preprocesses files that include one header each, and fails when they pull in what they must not, or more than so much.
# Domain code includes aggregate.hpp alone, in every file: its weight is every user's compile time.
# Usage: cmake -DCOMPILER=<c++> -DSOURCE=<leftfold> -DBINARY=<scratch> -P lean_headers.cmake
cmake_minimum_required(VERSION 3.25)

function(check_header header headers_max)
  set(unit "${BINARY}/lean_header.cpp")
  file(WRITE "${unit}" "#include \"${header}\"\n")
  execute_process(
    COMMAND "${COMPILER}" -std=c++20 -M -I${SOURCE}/storage/include -I${SOURCE}/framework/include "${unit}"
    OUTPUT_VARIABLE rule COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "/[^ \n]+" files "${rule}")
  foreach(banned IN LISTS ARGN)
    foreach(file IN LISTS files)
      if(file MATCHES "${banned}")
        message(SEND_ERROR "${header} includes ${file}")
        break()
      endif()
    endforeach()
  endforeach()
  list(LENGTH files count)
  message(STATUS "${header}: ${count} headers")
  if(count GREATER headers_max)
    message(SEND_ERROR "${header} includes ${count} headers, ${headers_max} are allowed")
  endif()
endfunction()

check_header(leftfold/framework/aggregate.hpp 230
  boost/json boost/asio boost/system sqlite3 leftfold/framework/json "/algorithm$" "/chrono$" "/functional$" "/memory$"
  "/iostream$")
check_header(leftfold/framework/decider.hpp 240 boost/json boost/asio boost/system "/chrono$" "/functional$")
check_header(leftfold/framework/repository.hpp 440
  boost/json boost/asio sqlite3 "/algorithm$" "/iostream$" "/regex$" "/thread$")

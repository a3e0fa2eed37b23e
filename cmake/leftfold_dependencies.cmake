# What leftfold builds on, all from Debian 12. Parts that only the tests, the tools or the benchmarks need are asked for
# only when those are built, so a consumer of the libraries needs Boost, SQLite, fmt and OpenSSL.
include(CMakeDependentOption)

option(LEFTFOLD_BUILD_TOOLS "Build the leftfold command line" ${PROJECT_IS_TOP_LEVEL})
option(LEFTFOLD_BUILD_SAMPLES "Build the samples" ${PROJECT_IS_TOP_LEVEL})
option(LEFTFOLD_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(LEFTFOLD_BUILD_BENCH "Build the benchmarks" OFF)
option(LEFTFOLD_BUILD_FUZZERS "Build the fuzz targets for libFuzzer (clang)" OFF)
option(LEFTFOLD_UNITY
  "Compile several sources at a time: a whole build is quicker, a second one slower" OFF)
option(LEFTFOLD_INSTALL "Install the libraries, their headers and package files" ${PROJECT_IS_TOP_LEVEL})
option(LEFTFOLD_WARNINGS_AS_ERRORS "Treat warnings as errors" ${PROJECT_IS_TOP_LEVEL})

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(SQLite3 3.40 REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(OpenSSL 3 REQUIRED COMPONENTS Crypto)

if(LEFTFOLD_BUILD_TOOLS OR LEFTFOLD_BUILD_SAMPLES OR LEFTFOLD_BUILD_TESTS)
  find_package(CLI11 2 REQUIRED)
endif()
if(LEFTFOLD_BUILD_TESTS)
  find_package(GTest REQUIRED)
endif()
if(LEFTFOLD_BUILD_BENCH)
  find_package(benchmark REQUIRED)
endif()

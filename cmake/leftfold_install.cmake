# Installs the layers as components of one package: find_package(leftfold COMPONENTS storage sqlite framework …), and a
# leftfold-<component>.pc each for pkg-config.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/leftfold")
# From a .pc file up to the prefix, so that an installed tree may be moved.
file(RELATIVE_PATH pc_to_prefix "/p/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/p")

# leftfold_install(NAME [NEEDS component…] [REQUIRES pkg-config module…] [LIBS linker option…])
#
# NEEDS are the components that this one builds on. REQUIRES and LIBS are what its .pc file adds to theirs.
function(leftfold_install name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "NEEDS;REQUIRES;LIBS")
  if(NOT TARGET leftfold_${name})
    return()
  endif()
  install(TARGETS leftfold_${name} EXPORT leftfold_${name}_targets FILE_SET HEADERS)
  install(EXPORT leftfold_${name}_targets NAMESPACE leftfold:: DESTINATION "${package_dir}")

  get_target_property(type leftfold_${name} TYPE)
  set(libs "${arg_LIBS}")
  if(NOT type STREQUAL "INTERFACE_LIBRARY")
    list(PREPEND libs "-lleftfold_${name}")
  endif()
  list(TRANSFORM arg_NEEDS PREPEND leftfold- OUTPUT_VARIABLE requires)
  list(APPEND requires ${arg_REQUIRES})
  list(JOIN requires ", " requires)
  list(JOIN libs " " libs)
  file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/leftfold-${name}.pc" @ONLY CONTENT [[
prefix=${pcfiledir}/@pc_to_prefix@
libdir=${prefix}/@CMAKE_INSTALL_LIBDIR@
includedir=${prefix}/@CMAKE_INSTALL_INCLUDEDIR@

Name: leftfold-@name@
Description: @PROJECT_DESCRIPTION@: @name@
Version: @PROJECT_VERSION@
Requires: @requires@
Cflags: -I${includedir}
Libs: -L${libdir} @libs@
]])
  install(FILES "${PROJECT_BINARY_DIR}/leftfold-${name}.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endfunction()

leftfold_install(storage REQUIRES fmt libcrypto LIBS -pthread)
leftfold_install(sqlite NEEDS storage REQUIRES sqlite3 LIBS -lboost_json)
leftfold_install(framework NEEDS storage LIBS -lboost_json)
leftfold_install(testing NEEDS framework)
leftfold_install(projections NEEDS framework sqlite)
leftfold_install(testing_projections NEEDS testing projections)
leftfold_install(tools NEEDS projections)
if(TARGET leftfold)  # the command line
  set_target_properties(leftfold PROPERTIES INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")
  install(TARGETS leftfold)
endif()

configure_package_config_file(cmake/leftfold-config.cmake.in leftfold-config.cmake INSTALL_DESTINATION "${package_dir}")
# Before 1.0 a minor version may change the interface.
write_basic_package_version_file(leftfold-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/leftfold-config.cmake" "${PROJECT_BINARY_DIR}/leftfold-config-version.cmake"
  DESTINATION "${package_dir}")

# SPDX-License-Identifier: Apache-2.0
# Libraries of the system, found by pkg-config. Each becomes a target PkgConfig::<NAME> whose
# headers are system headers, so that their warnings are not ours:
#   PCSCLITE WINPR FREERDP FREERDP_CLIENT FREERDP_SERVER UV JANSSON CRYPTO SSL CACARD CUNIT

if(RDPESC_CORE_ONLY)
  return()
endif()

set(RDPESC_FREERDP_MAJOR 2 CACHE STRING "Major version of FreeRDP to build for: 2 or 3")
set_property(CACHE RDPESC_FREERDP_MAJOR PROPERTY STRINGS 2 3)
if(NOT RDPESC_FREERDP_MAJOR MATCHES "^[23]$")
  message(FATAL_ERROR "RDPESC_FREERDP_MAJOR is '${RDPESC_FREERDP_MAJOR}'; it must be 2 or 3")
endif()

find_package(PkgConfig QUIET)
if(NOT PKG_CONFIG_FOUND)
  message(FATAL_ERROR
    "pkg-config is missing: install the Debian package pkg-config, or run ./dev setup")
endif()
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

# rdpesc_find(NAME module debian-package): makes PkgConfig::NAME, or says what to install.
function(rdpesc_find name module package)
  pkg_check_modules(${name} QUIET IMPORTED_TARGET GLOBAL ${module})
  if(NOT ${name}_FOUND)
    message(FATAL_ERROR
      "${module} is missing: install the Debian package ${package}, or run ./dev setup")
  endif()
  message(STATUS "${module} ${${name}_VERSION}")
endfunction()

set(major ${RDPESC_FREERDP_MAJOR})
rdpesc_find(PCSCLITE libpcsclite libpcsclite-dev)
rdpesc_find(WINPR winpr${major} libwinpr${major}-dev)
rdpesc_find(FREERDP freerdp${major} freerdp${major}-dev)
rdpesc_find(FREERDP_CLIENT freerdp-client${major} freerdp${major}-dev)
rdpesc_find(FREERDP_SERVER freerdp-server${major} freerdp${major}-dev)
rdpesc_find(UV libuv libuv1-dev)
rdpesc_find(JANSSON jansson libjansson-dev)
rdpesc_find(CRYPTO libcrypto libssl-dev)
rdpesc_find(SSL libssl libssl-dev)
if(RDPESC_TESTS)
  # Only the software card of the rig needs it; without it the end-to-end tests are skipped.
  pkg_check_modules(CACARD QUIET IMPORTED_TARGET GLOBAL libcacard)
  rdpesc_find(CUNIT cunit libcunit1-dev)
endif()
unset(major)

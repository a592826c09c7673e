# SPDX-License-Identifier: Apache-2.0
# Run-time checkers and coverage counters. A sanitizer's report ends the program: it is never only a
# message.

set(RDPESC_SANITIZERS "" CACHE STRING "List for -fsanitize=, for example address,undefined")
option(RDPESC_COVERAGE "Count executed lines and branches" OFF)

if(RDPESC_SANITIZERS)
  add_compile_options(-fsanitize=${RDPESC_SANITIZERS} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${RDPESC_SANITIZERS})
endif()
if(RDPESC_COVERAGE)
  add_compile_options(--coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()

# SPDX-License-Identifier: Apache-2.0
# One set of warnings for gcc and clang. The presets make them errors; a packager with a newer
# compiler need not.

option(RDPESC_WARNINGS_ARE_ERRORS "Stop at the first compiler warning" OFF)

add_compile_options(
  -Wall -Wextra -Wconversion -Wshadow -Wcast-qual -Wstrict-prototypes -Wmissing-prototypes -Wundef
  -Wformat=2 -Wvla)
if(RDPESC_WARNINGS_ARE_ERRORS)
  add_compile_options(-Werror)
endif()

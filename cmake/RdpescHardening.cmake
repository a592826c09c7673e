# SPDX-License-Identifier: Apache-2.0
# What a program that reads hostile input should carry when it is installed.

option(RDPESC_HARDENING "Build with the compiler's and linker's protections" OFF)

if(RDPESC_HARDENING)
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong
    -fstack-clash-protection)
  add_link_options(-Wl,-z,relro,-z,now -Wl,-z,noexecstack)
endif()

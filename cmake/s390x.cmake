# SPDX-License-Identifier: Apache-2.0
# A big-endian machine that Debian has a compiler, a C library and an emulator for.

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR s390x)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-s390x-static -L /usr/s390x-linux-gnu)

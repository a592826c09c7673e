# SPDX-License-Identifier: Apache-2.0
# Test programs. Each goes to ctest and into build/<preset>/tests.list, one line
# "KIND NAME PROGRAM [CORPUS]", which tests/run.py reads: a program that is no longer built is no
# longer run, one that is missing is a failure. A line "emulator PROGRAM..." says what runs the
# programs of another machine, a line "core" that there is nothing to test end to end.

option(RDPESC_FUZZ "Build the fuzz targets with libFuzzer, and no unit tests" OFF)

# rdpesc_unit_test(NAME SOURCES file... LIBS target...)
# One CUnit program, build/<preset>/bin/tests/NAME. NAME may have a folder: marshal/decode_test.
function(rdpesc_unit_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS")
  string(REPLACE "/" "-" target "test-${name}")
  get_filename_component(folder "${name}" DIRECTORY)
  get_filename_component(program "${name}" NAME)
  add_executable(${target} ${arg_SOURCES})
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${program}
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/tests/${folder}")
  target_link_libraries(${target} PRIVATE ${arg_LIBS} test_support)
  if(RDPESC_FUZZ)
    set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL ON)
    return()
  endif()
  add_test(NAME ${name} COMMAND ${target})
  set_property(GLOBAL APPEND_STRING PROPERTY RDPESC_TEST_LIST "unit ${name} bin/tests/${name}\n")
endfunction()

# rdpesc_unit_tests(LIBS target...)
# Each file x_test.c of the folder becomes the program <folder>/x_test; the folder is named as under
# tests/.
function(rdpesc_unit_tests)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "LIBS")
  file(RELATIVE_PATH folder "${CMAKE_SOURCE_DIR}/tests" "${CMAKE_CURRENT_SOURCE_DIR}")
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*_test.c")
  foreach(source IN LISTS sources)
    get_filename_component(stem "${source}" NAME_WE)
    rdpesc_unit_test(${folder}/${stem} SOURCES ${source} LIBS ${arg_LIBS})
  endforeach()
endfunction()

# rdpesc_fuzz_target(fuzz_WHAT SOURCES file... LIBS target...)
# build/<preset>/bin/fuzz_WHAT. In the fuzz preset libFuzzer drives it; elsewhere it runs once over
# the files of tests/fuzz/corpus/WHAT, so that each crash that was ever found is a regression test.
function(rdpesc_fuzz_target name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS")
  add_executable(${name} ${arg_SOURCES})
  if(RDPESC_FUZZ)
    target_link_libraries(${name} PRIVATE ${arg_LIBS})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    return()
  endif()
  target_link_libraries(${name} PRIVATE ${arg_LIBS} test_replay)
  string(REGEX REPLACE "^fuzz_" "" what "${name}")
  add_test(NAME ${name} COMMAND ${name} "${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${what}")
  set_property(GLOBAL APPEND_STRING PROPERTY RDPESC_TEST_LIST
    "corpus ${name} bin/${name} tests/fuzz/corpus/${what}\n")
endfunction()

# Called once at the end of tests/CMakeLists.txt.
function(rdpesc_write_test_list)
  get_property(list GLOBAL PROPERTY RDPESC_TEST_LIST)
  if(CMAKE_CROSSCOMPILING_EMULATOR)
    list(JOIN CMAKE_CROSSCOMPILING_EMULATOR " " emulator)
    string(PREPEND list "emulator ${emulator}\n")
  endif()
  if(RDPESC_CORE_ONLY)
    string(PREPEND list "core\n")
  endif()
  file(WRITE "${CMAKE_BINARY_DIR}/tests.list" "${list}")
endfunction()

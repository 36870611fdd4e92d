# Tests and benches, found by name, so a new file needs no edit here:
#   tests/**/*_test.cpp   one GoogleTest executable each, linked to every room; every case is a
#                         ctest of its own because SystemC elaborates once per process
#   tests/**/*_test.py    one ctest each, run with Debian's python3
#   bench/*.cpp           one executable each, built by `--target bench` only
# A test file may hold a line `// labels: law timing` (`# labels: ...`); without it, `unit`. The
# room (the directory below tests/) is a label as well. Labels are read when CMake runs.

set(SNSIM_PYTHON /usr/bin/python3)  # the one that sees python3-h5py and its kin
set(SNSIM_TEST_ENV
    SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1
    ASAN_OPTIONS=detect_stack_use_after_return=0  # crashes in SystemC's coroutines
    UBSAN_OPTIONS=print_stacktrace=1)

get_property(_rooms GLOBAL PROPERTY SNSIM_ROOMS)

file(GLOB _benches CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/bench/*.cpp")
add_custom_target(bench)
foreach(source IN LISTS _benches)
    get_filename_component(name "${source}" NAME_WE)
    add_executable(bench_${name} EXCLUDE_FROM_ALL "${source}")
    target_link_libraries(bench_${name} PRIVATE ${_rooms} snsim_settings)
    set_target_properties(bench_${name} PROPERTIES
        OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bench")
    add_dependencies(bench bench_${name})
endforeach()

if(NOT SNSIM_TESTS)
    return()
endif()
find_package(GTest CONFIG QUIET)
if(NOT GTest_FOUND)
    message(STATUS "GoogleTest is not installed: no tests in this build (./test installs it)")
    return()
endif()
enable_testing()
include(GoogleTest)

# The labels of a test file: its directory's name and the words of its `labels:` line.
function(_snsim_labels out source)
    file(RELATIVE_PATH path "${CMAKE_SOURCE_DIR}/tests" "${source}")
    string(REGEX REPLACE "/.*" "" room "${path}")
    file(STRINGS "${source}" line REGEX "^(//|#) labels:" LIMIT_COUNT 1)
    string(REGEX REPLACE "^(//|#) labels:" "" line "${line}")
    string(REGEX MATCHALL "[a-z0-9_-]+" labels "${line}")
    if(NOT labels)
        set(labels unit)
    endif()
    set(${out} ${labels} ${room} PARENT_SCOPE)
endfunction()

# main() and sc_main() of every test. Objects, not an archive: libsystemc.so has a main() too.
file(GLOB _support CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/support/*.cpp")
add_library(snsim_test_support OBJECT ${_support})
target_link_libraries(snsim_test_support PRIVATE snsim_settings PUBLIC ${_rooms} GTest::gmock)

snsim_precompile(snsim_test_precompiled <gmock/gmock.h> <gtest/gtest.h> ${_common_headers}
                 LIBS ${_rooms} GTest::gmock)
file(GLOB_RECURSE _tests CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/*_test.cpp")
foreach(source IN LISTS _tests)
    file(RELATIVE_PATH name "${CMAKE_SOURCE_DIR}/tests" "${source}")
    string(REGEX REPLACE "\\.cpp$" "" name "${name}")
    string(REPLACE "/" "_" name "${name}")
    add_executable(${name} "${source}" $<TARGET_OBJECTS:snsim_test_support>)
    target_link_libraries(${name} PRIVATE ${_rooms} snsim_settings GTest::gmock)
    snsim_reuse_precompiled(${name})
    set_target_properties(${name} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
    _snsim_labels(labels "${source}")
    string(REGEX REPLACE "_.*" "" room "${name}")
    gtest_discover_tests(${name}
        DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
        WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}"
        TEST_PREFIX "${room}/" TEST_LIST ${name}_cases)
    # gtest_discover_tests() loses all but the first element of a property that is a list.
    set(script "${CMAKE_BINARY_DIR}/tests/${name}_properties.cmake")
    file(CONFIGURE OUTPUT "${script}" CONTENT [[
if(@name@_cases)
    set_tests_properties(${@name@_cases} PROPERTIES
        TIMEOUT 600 LABELS "@labels@" ENVIRONMENT "@SNSIM_TEST_ENV@")
endif()
]] @ONLY)
    set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${script}")
endforeach()

file(GLOB_RECURSE _scripts CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/*_test.py")
foreach(source IN LISTS _scripts)
    file(RELATIVE_PATH name "${CMAKE_SOURCE_DIR}/tests" "${source}")
    string(REGEX REPLACE "\\.py$" "" name "${name}")
    add_test(NAME ${name}
        COMMAND "${SNSIM_PYTHON}" "${CMAKE_SOURCE_DIR}/tests/support/run_script.py" "${source}"
        WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    _snsim_labels(labels "${source}")
    set_tests_properties(${name} PROPERTIES
        TIMEOUT 900 SKIP_RETURN_CODE 77 LABELS "${labels}"
        ENVIRONMENT "${SNSIM_TEST_ENV};PYTHONDONTWRITEBYTECODE=1;SNSIM=${CMAKE_BINARY_DIR}/snsim;SNSIM_HOME=${CMAKE_SOURCE_DIR}")
endforeach()

if(EXISTS "${CMAKE_SOURCE_DIR}/scripts/check_rooms")
    add_test(NAME rooms COMMAND "${SNSIM_PYTHON}" "${CMAKE_SOURCE_DIR}/scripts/check_rooms")
    set_tests_properties(rooms PROPERTIES TIMEOUT 60 LABELS "unit;house")
endif()

# Protocols and functions hold no time: all of them must link without SystemC.
file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/generated/timeless.cpp"
     CONTENT "int main() { return 0; }\n")
add_executable(timeless_rooms "${CMAKE_BINARY_DIR}/generated/timeless.cpp")
target_link_libraries(timeless_rooms PRIVATE snsim_base snsim_settings)
foreach(room IN ITEMS protocols functions)
    get_target_property(type snsim_${room} TYPE)
    if(type STREQUAL "STATIC_LIBRARY")
        target_sources(timeless_rooms PRIVATE $<TARGET_OBJECTS:snsim_${room}>)
    endif()
endforeach()
add_test(NAME timeless_rooms COMMAND timeless_rooms)
set_tests_properties(timeless_rooms PROPERTIES TIMEOUT 60 LABELS "unit;house")

# How our own code is compiled. Everything of ours links snsim_settings.

set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Release or Debug" FORCE)
endif()
# CMake's defaults would define NDEBUG; the models' assertions are part of every build.
set(CMAKE_CXX_FLAGS_RELEASE "-O3")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g")

set(SNSIM_SANITIZE "" CACHE STRING "Sanitizers to compile in, as for -fsanitize=")

add_library(snsim_settings INTERFACE)
target_include_directories(snsim_settings INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_options(snsim_settings INTERFACE
    # A fused multiply-add rounds once instead of twice: results would depend on the machine.
    -ffp-contract=off
    # Pairing single additions into vectors costs more moves than it saves additions.
    -fno-tree-slp-vectorize
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
    -Wunused-const-variable -Wnon-virtual-dtor -Wold-style-cast -Werror)
if(SNSIM_FAULTS)
    target_compile_definitions(snsim_settings INTERFACE SNSIM_FAULTS=1)
endif()

# Programs are built where they run, so they may use what this processor has; app/main.cpp refuses
# to run on one that lacks it. Results do not depend on it: times are integers, and nothing is
# fused.
set(_level "")
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64" AND EXISTS /proc/cpuinfo)
    file(STRINGS /proc/cpuinfo _flags REGEX "^flags" LIMIT_COUNT 1)
    if(_flags MATCHES " avx2 " AND _flags MATCHES " bmi2 " AND _flags MATCHES " fma "
       AND _flags MATCHES " movbe ")
        set(_level "x86-64-v3")
    endif()
endif()
set(SNSIM_ARCH "${_level}" CACHE STRING "Processor to build for, as for -march=; empty: any")
if(SNSIM_ARCH)
    target_compile_options(snsim_settings INTERFACE -march=${SNSIM_ARCH})
endif()
if(SNSIM_SANITIZE)
    set(_sanitize -fsanitize=${SNSIM_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    # -g1: lines for the reports' stacks, a fifth faster to compile than -g.
    target_compile_options(snsim_settings INTERFACE ${_sanitize} -g1)
    target_link_options(snsim_settings INTERFACE ${_sanitize})
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # Without these it caches nothing that has precompiled headers.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${CCACHE}")
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(snsim_settings INTERFACE -fpch-preprocess)  # for ccache
endif()

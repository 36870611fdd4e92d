# snsim_build_info: an INTERFACE library that offers #include "build_info.h". The header is
# refreshed by every build and rewritten only when its text changes.

set(_build_info_dir "${CMAKE_BINARY_DIR}/generated")
get_target_property(_build_options snsim_settings INTERFACE_COMPILE_OPTIONS)
list(FILTER _build_options EXCLUDE REGEX "^-W")
string(TOUPPER "${CMAKE_BUILD_TYPE}" _build_type)
list(JOIN _build_options " " _build_options)
string(STRIP "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${_build_type}} ${_build_options}" _build_flags)

add_custom_target(snsim_write_build_info
    COMMAND "${CMAKE_COMMAND}"
            -D "TEMPLATE=${CMAKE_SOURCE_DIR}/cmake/build_info.h.in"
            -D "OUTPUT=${_build_info_dir}/build_info.h"
            -D "SOURCE_DIR=${CMAKE_SOURCE_DIR}"
            -D "VERSION=${PROJECT_VERSION}"
            -D "COMPILER=${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}"
            -D "BUILD_TYPE=${CMAKE_BUILD_TYPE}"
            -D "FLAGS=${_build_flags}"
            -P "${CMAKE_SOURCE_DIR}/cmake/write_build_info.cmake"
    BYPRODUCTS "${_build_info_dir}/build_info.h"
    COMMENT "Noting version and commit" VERBATIM)

add_library(snsim_build_info INTERFACE)
target_include_directories(snsim_build_info INTERFACE "${_build_info_dir}")
add_dependencies(snsim_build_info snsim_write_build_info)

# Third-party libraries, all Debian packages. Imported targets' headers count as system headers,
# so our warnings do not reach them. SystemC ships no CMake package, hence pkg-config.

find_package(PkgConfig REQUIRED)
pkg_check_modules(SYSTEMC REQUIRED IMPORTED_TARGET systemc)
pkg_check_modules(YAML    REQUIRED IMPORTED_TARGET yaml-cpp)
pkg_check_modules(PCAP    REQUIRED IMPORTED_TARGET libpcap)
pkg_check_modules(HDF5    REQUIRED IMPORTED_TARGET hdf5)
find_package(fmt REQUIRED)
find_package(Boost REQUIRED COMPONENTS program_options)

# HDF5 with its high-level library (dimension scales), which has no pkg-config file. Statically
# where it can be: the shared library brings curl and thirty others along for a remote file driver
# that nothing here uses, and loading them takes longer than all else at start.
set(_where HINTS ${HDF5_LIBRARY_DIRS} "${HDF5_LIBDIR}" PATH_SUFFIXES hdf5/serial)
find_library(HDF5_STATIC_LIBRARY NAMES libhdf5.a libhdf5_serial.a ${_where})
find_library(HDF5_HL_STATIC_LIBRARY NAMES libhdf5_hl.a libhdf5_serial_hl.a ${_where})
find_library(SZIP_LIBRARY NAMES sz ${_where})
find_library(ZLIB_LIBRARY NAMES z)
add_library(snsim_hdf5 INTERFACE)
if(HDF5_STATIC_LIBRARY AND HDF5_HL_STATIC_LIBRARY AND SZIP_LIBRARY AND ZLIB_LIBRARY)
    target_include_directories(snsim_hdf5 SYSTEM INTERFACE ${HDF5_INCLUDE_DIRS})
    target_link_libraries(snsim_hdf5 INTERFACE
        "${HDF5_HL_STATIC_LIBRARY}" "${HDF5_STATIC_LIBRARY}" "${SZIP_LIBRARY}" "${ZLIB_LIBRARY}"
        ${CMAKE_DL_LIBS} m)
else()
    find_library(HDF5_HL_LIBRARY NAMES hdf5_serial_hl hdf5_hl REQUIRED)
    target_link_libraries(snsim_hdf5 INTERFACE "${HDF5_HL_LIBRARY}" PkgConfig::HDF5)
endif()

# Third-party libraries, all Debian packages. Imported targets' headers count as system headers,
# so our warnings do not reach them. SystemC ships no CMake package, hence pkg-config.

find_package(PkgConfig REQUIRED)
pkg_check_modules(SYSTEMC REQUIRED IMPORTED_TARGET systemc)
pkg_check_modules(YAML    REQUIRED IMPORTED_TARGET yaml-cpp)
pkg_check_modules(PCAP    REQUIRED IMPORTED_TARGET libpcap)
pkg_check_modules(HDF5    REQUIRED IMPORTED_TARGET hdf5)
find_package(fmt REQUIRED)
find_package(Boost REQUIRED COMPONENTS program_options)

# HDF5's high-level library (dimension scales, tables) has no pkg-config file.
find_library(HDF5_HL_LIBRARY NAMES hdf5_serial_hl hdf5_hl REQUIRED)
add_library(snsim_hdf5_hl INTERFACE)
target_link_libraries(snsim_hdf5_hl INTERFACE "${HDF5_HL_LIBRARY}" PkgConfig::HDF5)

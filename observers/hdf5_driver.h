// How HDF5 reaches the disk when results are written: a file driver that survives a full disk.
//
// HDF5 1.10 crashes in H5Fclose() or at exit once a write of dirty metadata has failed. So this
// driver never reports a failed write to the library: it notes the error and drops whatever is
// written from then on. Whoever writes asks `error` after each step and gives the file up.
#pragma once

#include <hdf5.h>

namespace snsim::hdf5 {

/// The first error (errno) met by the operating system's calls on one file; 0 while all is well.
struct DiskState {
    int error = 0;
};

/// Makes files created with `access` properties use the driver; `state` must outlive them.
/// Throws Failure.
void use_noting_driver(hid_t access, DiskState& state);

}  // namespace snsim::hdf5

#include "observers/hdf5_driver.h"

#include "observers/hdf5_kit.h"

#if H5_VERSION_GE(1, 13, 2)
#include <H5FDdevelop.h>
#endif

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <limits>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

namespace snsim::hdf5 {
namespace {

/// What HDF5 knows of an open file, and what we do. HDF5 passes a pointer to the first member.
struct File {
    H5FD_t common;
    int descriptor;
    haddr_t end_allocated;
    haddr_t end_of_file;
    DiskState* state;
};

/// The driver's property: HDF5 copies it byte by byte.
struct Property {
    DiskState* state;
};

File* ours(H5FD_t* file) { return reinterpret_cast<File*>(file); }
const File* ours(const H5FD_t* file) { return reinterpret_cast<const File*>(file); }

/// Notes the first error.
void note(File* file, int error) {
    if (file->state->error == 0) file->state->error = error;
}

extern "C" {

H5FD_t* open_file(const char* name, unsigned flags, hid_t access, haddr_t /*most*/) {
    const auto* property = static_cast<const Property*>(H5Pget_driver_info(access));
    if (property == nullptr) return nullptr;
    int mode = (flags & H5F_ACC_RDWR) != 0 ? O_RDWR : O_RDONLY;
    if ((flags & H5F_ACC_CREAT) != 0) mode |= O_CREAT;
    if ((flags & H5F_ACC_TRUNC) != 0) mode |= O_TRUNC;
    if ((flags & H5F_ACC_EXCL) != 0) mode |= O_EXCL;
    const int descriptor = ::open(name, mode | O_CLOEXEC, 0666);
    struct stat status = {};
    if (descriptor < 0 || ::fstat(descriptor, &status) != 0) {
        property->state->error = errno;
        if (descriptor >= 0) ::close(descriptor);
        return nullptr;
    }
    auto* file = new File();
    file->descriptor = descriptor;
    file->end_of_file = static_cast<haddr_t>(status.st_size);
    file->state = property->state;
    return &file->common;
}

herr_t close_file(H5FD_t* common) {
    File* file = ours(common);
    if (::close(file->descriptor) != 0) note(file, errno);
    delete file;
    return 0;
}

herr_t query_features(const H5FD_t* /*file*/, unsigned long* flags) {
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
             H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
    return 0;
}

haddr_t get_allocated(const H5FD_t* file, H5FD_mem_t /*type*/) { return ours(file)->end_allocated; }

herr_t set_allocated(H5FD_t* file, H5FD_mem_t /*type*/, haddr_t address) {
    ours(file)->end_allocated = address;
    return 0;
}

haddr_t get_end(const H5FD_t* file, H5FD_mem_t /*type*/) { return ours(file)->end_of_file; }

herr_t read_bytes(H5FD_t* common, H5FD_mem_t /*type*/, hid_t /*transfer*/, haddr_t address,
                  std::size_t size, void* buffer) {
    File* file = ours(common);
    auto* out = static_cast<char*>(buffer);
    while (size > 0) {
        const ssize_t got = ::pread(file->descriptor, out, size, static_cast<off_t>(address));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) note(file, errno);
        if (got <= 0) break;
        out += got;
        address += static_cast<haddr_t>(got);
        size -= static_cast<std::size_t>(got);
    }
    std::memset(out, 0, size);  // what was allocated but not yet written reads as zero
    return 0;
}

herr_t write_bytes(H5FD_t* common, H5FD_mem_t /*type*/, hid_t /*transfer*/, haddr_t address,
                   std::size_t size, const void* buffer) {
    File* file = ours(common);
    const haddr_t end = address + size;
    const auto* from = static_cast<const char*>(buffer);
    while (size > 0 && file->state->error == 0) {
        const ssize_t put = ::pwrite(file->descriptor, from, size, static_cast<off_t>(address));
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) {
            note(file, put < 0 ? errno : EIO);
            break;
        }
        from += put;
        address += static_cast<haddr_t>(put);
        size -= static_cast<std::size_t>(put);
    }
    file->end_of_file = std::max(file->end_of_file, end);
    return 0;
}

herr_t truncate_file(H5FD_t* common, hid_t /*transfer*/, hbool_t /*closing*/) {
    File* file = ours(common);
    if (file->end_of_file == file->end_allocated) return 0;
    if (file->state->error == 0 &&
        ::ftruncate(file->descriptor, static_cast<off_t>(file->end_allocated)) != 0) {
        note(file, errno);
    }
    file->end_of_file = file->end_allocated;
    return 0;
}

}  // extern "C"

hid_t register_driver() {
    static H5FD_class_t driver = {};
#if H5_VERSION_GE(1, 13, 2)
    driver.version = H5FD_CLASS_VERSION;
    driver.value = H5_VFD_RESERVED + 1;
#endif
    driver.name = "noting";
    driver.maxaddr = std::numeric_limits<off_t>::max();
    driver.fc_degree = H5F_CLOSE_WEAK;
    driver.fapl_size = sizeof(Property);
    driver.open = open_file;
    driver.close = close_file;
    driver.query = query_features;
    driver.get_eoa = get_allocated;
    driver.set_eoa = set_allocated;
    driver.get_eof = get_end;
    driver.read = read_bytes;
    driver.write = write_bytes;
    driver.truncate = truncate_file;
    const H5FD_mem_t by_use[H5FD_MEM_NTYPES] = H5FD_FLMAP_DICHOTOMY;
    std::copy(std::begin(by_use), std::end(by_use), std::begin(driver.fl_map));
    return H5FDregister(&driver);
}

}  // namespace

void use_noting_driver(hid_t access, DiskState& state) {
    static const hid_t driver = register_driver();
    check(driver);
    const Property property = {&state};
    check(H5Pset_driver(access, driver, &property));
}

}  // namespace snsim::hdf5

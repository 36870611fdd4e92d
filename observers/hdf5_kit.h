// The few HDF5 objects that results need, with errors as exceptions.
//
// Text is fixed-length UTF-8, padded with NUL, as long as the longest value (at least one byte).
// Numbers are 64-bit little-endian, truth values the enumeration {FALSE, TRUE} that h5py reads as
// numpy.bool_. No object carries a time stamp: equal content gives equal files.
#pragma once

#include <cstdint>
#include <hdf5.h>
#include <stdexcept>
#include <string>
#include <vector>

#include "observers/table.h"

namespace snsim::hdf5 {

/// Why an HDF5 call failed.
class Failure : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Keeps HDF5 from printing its error stack while it lives.
class Quiet {
  public:
    Quiet();
    ~Quiet();
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;

  private:
    H5E_auto2_t print_ = nullptr;
    void* data_ = nullptr;
};

/// Throws Failure with the reason found on HDF5's error stack if `result` is negative.
void check(std::int64_t result);

/// Owns one HDF5 identifier.
class Handle {
  public:
    using Close = herr_t (*)(hid_t);

    Handle() = default;
    /// Throws Failure if `id` is negative.
    Handle(hid_t id, Close closer);
    ~Handle();
    Handle(Handle&& other) noexcept;
    Handle& operator=(Handle&& other) noexcept;

    [[nodiscard]] hid_t id() const { return id_; }
    /// Throws Failure where the destructor stays silent.
    void close();

  private:
    hid_t id_ = -1;
    Close close_ = nullptr;
};

[[nodiscard]] Handle text_type(std::size_t bytes);
[[nodiscard]] Handle truth_type();
/// Creation properties without time stamps, of class H5P_DATASET_CREATE and the like.
[[nodiscard]] Handle creation_properties(hid_t property_class);
[[nodiscard]] Handle new_group(hid_t parent, const std::string& name);
/// A one-dimensional dataset that can grow, in chunks of `chunk` values, shuffled and deflated if
/// they are to be compressed.
[[nodiscard]] Handle new_series(hid_t parent, const std::string& name, hsize_t chunk,
                                bool compressed);
void append(const Handle& series, hsize_t rows_before, const std::vector<double>& values);

/// Makes `scale` the dimension scale "time" of all `users`. At most once.
void attach_scale(const Handle& scale, const std::vector<Handle>& users);

void attribute(hid_t object, const char* name, const std::string& text);
void attribute(hid_t object, const char* name, const char* text);
void attribute(hid_t object, const char* name, const std::vector<std::string>& texts);
void attribute(hid_t object, const char* name, std::int64_t value);
void attribute(hid_t object, const char* name, double value);
void attribute(hid_t object, const char* name, bool value);

/// One compound dataset with a member per column, and the table's attributes: `description`, and
/// `columns`, `units` and `descriptions` in the order of the columns.
void write_table(hid_t parent, const std::string& name, const Table& table);

}  // namespace snsim::hdf5

#include "observers/hdf5_kit.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <hdf5_hl.h>
#include <utility>

namespace snsim::hdf5 {
namespace {

constexpr std::size_t table_chunk_bytes = 256 * 1024;  ///< written at once, and one chunk
constexpr std::size_t plain_bytes = 16 * 1024;         ///< tables up to this are not compressed
constexpr unsigned deflate_level = 1;

// H5T_STD_I64LE and its like are not constants: they initialise the library.
hid_t integer_type() { return H5T_STD_I64LE; }
hid_t real_type() { return H5T_IEEE_F64LE; }

template <class Texts>
std::size_t longest(const Texts& texts) {
    std::size_t bytes = 1;
    for (std::size_t i = 0; i < texts.size(); ++i) bytes = std::max(bytes, texts[i].size());
    return bytes;
}

extern "C" herr_t take_innermost(unsigned /*depth*/, const H5E_error2_t* error, void* reason) {
    auto* text = static_cast<std::string*>(reason);
    if (text->empty() && error->desc != nullptr) *text = error->desc;
    return 0;
}

void write_attribute(hid_t object, const char* name, const Handle& type, const Handle& space,
                     const void* data) {
    const Handle made(H5Acreate2(object, name, type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT),
                      H5Aclose);
    check(H5Awrite(made.id(), type.id(), data));
}

Handle scalar() { return {H5Screate(H5S_SCALAR), H5Sclose}; }
Handle copy_of(hid_t type) { return {H5Tcopy(type), H5Tclose}; }

Handle row_of(hsize_t size) { return {H5Screate_simple(1, &size, nullptr), H5Sclose}; }

void compress(const Handle& properties, hsize_t chunk) {
    check(H5Pset_chunk(properties.id(), 1, &chunk));
    check(H5Pset_shuffle(properties.id()));
    check(H5Pset_deflate(properties.id(), deflate_level));
}

Handle type_of(const Column& column) {
    struct Visitor {
        Handle operator()(const std::vector<std::string>& texts) const {
            return text_type(longest(texts));
        }
        Handle operator()(const TextsOnDemand& texts) const { return text_type(longest(texts)); }
        Handle operator()(const std::vector<std::int64_t>&) const {
            return copy_of(integer_type());
        }
        Handle operator()(const std::vector<double>&) const { return copy_of(real_type()); }
        Handle operator()(const std::vector<bool>&) const { return truth_type(); }
    };
    return std::visit(Visitor(), column.values);
}

/// Copies rows [first, first + count) of a column into packed rows, of which `out` is the member.
void pack(const Column& column, std::size_t first, std::size_t count, char* out, std::size_t size,
          std::size_t row_bytes) {
    std::visit(
        [&](const auto& values) {
            using Value = typename std::decay_t<decltype(values)>::value_type;
            for (std::size_t i = 0; i < count; ++i, out += row_bytes) {
                if constexpr (std::is_same_v<Value, std::string>) {
                    const std::string& text = values[first + i];
                    text.copy(out, text.size());
                    std::memset(out + text.size(), 0, size - text.size());
                } else if constexpr (std::is_same_v<Value, bool>) {
                    *out = values[first + i] ? 1 : 0;
                } else {
                    std::memcpy(out, &values[first + i], sizeof(Value));
                }
            }
        },
        column.values);
}

void write_rows(const Handle& dataset, const Handle& type, const Table& table,
                const std::vector<std::size_t>& sizes, std::size_t row_bytes) {
    const std::size_t rows = table.rows();
    const std::size_t step = std::max<std::size_t>(1, table_chunk_bytes / row_bytes);
    std::vector<char> buffer(std::min(step, rows) * row_bytes);
    for (std::size_t first = 0; first < rows; first += step) {
        const std::size_t count = std::min(step, rows - first);
        std::size_t offset = 0;
        for (std::size_t c = 0; c < table.columns.size(); ++c) {
            pack(table.columns[c], first, count, buffer.data() + offset, sizes[c], row_bytes);
            offset += sizes[c];
        }
        const hsize_t start = first;
        const hsize_t length = count;
        const Handle file_space(H5Dget_space(dataset.id()), H5Sclose);
        check(H5Sselect_hyperslab(file_space.id(), H5S_SELECT_SET, &start, nullptr, &length,
                                  nullptr));
        const Handle memory_space = row_of(length);
        check(H5Dwrite(dataset.id(), type.id(), memory_space.id(), file_space.id(), H5P_DEFAULT,
                       buffer.data()));
    }
}

}  // namespace

Quiet::Quiet() {
    H5Eget_auto2(H5E_DEFAULT, &print_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Quiet::~Quiet() { H5Eset_auto2(H5E_DEFAULT, print_, data_); }

void check(std::int64_t result) {
    if (result >= 0) return;
    std::string reason;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_innermost, &reason);
    throw Failure(reason.empty() ? "HDF5 gave no reason" : reason);
}

Handle::Handle(hid_t id, Close closer) : id_(id), close_(closer) { check(id); }

Handle::~Handle() {
    if (id_ >= 0) close_(id_);
}

Handle::Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}

Handle& Handle::operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
}

void Handle::close() {
    if (id_ >= 0) check(close_(std::exchange(id_, -1)));
}

Handle text_type(std::size_t bytes) {
    Handle type = copy_of(H5T_C_S1);
    check(H5Tset_size(type.id(), std::max<std::size_t>(1, bytes)));
    check(H5Tset_cset(type.id(), H5T_CSET_UTF8));
    check(H5Tset_strpad(type.id(), H5T_STR_NULLPAD));
    return type;
}

Handle truth_type() {
    Handle type(H5Tenum_create(H5T_STD_I8LE), H5Tclose);
    const std::array<std::int8_t, 2> values = {0, 1};
    check(H5Tenum_insert(type.id(), "FALSE", &values[0]));
    check(H5Tenum_insert(type.id(), "TRUE", &values[1]));
    return type;
}

Handle creation_properties(hid_t property_class) {
    Handle properties(H5Pcreate(property_class), H5Pclose);
    check(H5Pset_obj_track_times(properties.id(), false));
    return properties;
}

Handle new_group(hid_t parent, const std::string& name) {
    const Handle properties = creation_properties(H5P_GROUP_CREATE);
    return {H5Gcreate2(parent, name.c_str(), H5P_DEFAULT, properties.id(), H5P_DEFAULT), H5Gclose};
}

Handle new_series(hid_t parent, const std::string& name, hsize_t chunk, bool compressed) {
    const hsize_t none = 0;
    const hsize_t endless = H5S_UNLIMITED;
    const Handle space(H5Screate_simple(1, &none, &endless), H5Sclose);
    const Handle properties = creation_properties(H5P_DATASET_CREATE);
    if (compressed) {
        compress(properties, chunk);
    } else {
        check(H5Pset_chunk(properties.id(), 1, &chunk));
    }
    // Whole chunks are written once: a cache per series would only hold memory.
    const Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
    check(H5Pset_chunk_cache(access.id(), 1, 0, 1.0));
    return {H5Dcreate2(parent, name.c_str(), real_type(), space.id(), H5P_DEFAULT, properties.id(),
                       access.id()),
            H5Dclose};
}

void append(const Handle& series, hsize_t rows_before, const std::vector<double>& values) {
    const hsize_t count = values.size();
    if (count == 0) return;
    const hsize_t rows = rows_before + count;
    check(H5Dset_extent(series.id(), &rows));
    const Handle file_space(H5Dget_space(series.id()), H5Sclose);
    check(H5Sselect_hyperslab(file_space.id(), H5S_SELECT_SET, &rows_before, nullptr, &count,
                              nullptr));
    const Handle memory_space = row_of(count);
    check(H5Dwrite(series.id(), H5T_NATIVE_DOUBLE, memory_space.id(), file_space.id(), H5P_DEFAULT,
                   values.data()));
}

void attach_scale(const Handle& scale, const std::vector<Handle>& users) {
    check(H5DSset_scale(scale.id(), "time"));
    if (users.empty()) return;
    // As H5DSattach_scale() writes it (HDF5 Dimension Scale Specification, 4.2 and 4.3), but the
    // list of users at once: it would copy that list for each of them.
    struct User {
        hobj_ref_t dataset;
        int dimension;
        int padding;  // written with the rest
    };
    const Handle reference = copy_of(H5T_STD_REF_OBJ);
    const Handle references(H5Tvlen_create(reference.id()), H5Tclose);
    hobj_ref_t to_scale = 0;
    check(H5Rcreate(&to_scale, scale.id(), ".", H5R_OBJECT, -1));
    const hvl_t scales = {1, &to_scale};
    std::vector<User> list;
    for (const Handle& user : users) {
        write_attribute(user.id(), "DIMENSION_LIST", references, row_of(1), &scales);
        list.push_back({0, 0, 0});
        check(H5Rcreate(&list.back().dataset, user.id(), ".", H5R_OBJECT, -1));
    }
    const Handle entry(H5Tcreate(H5T_COMPOUND, sizeof(User)), H5Tclose);
    check(H5Tinsert(entry.id(), "dataset", offsetof(User, dataset), reference.id()));
    check(H5Tinsert(entry.id(), "dimension", offsetof(User, dimension), H5T_NATIVE_INT));
    write_attribute(scale.id(), "REFERENCE_LIST", entry, row_of(list.size()), list.data());
}

void attribute(hid_t object, const char* name, const std::string& text) {
    std::string padded = text;
    padded.resize(std::max<std::size_t>(1, text.size()));
    write_attribute(object, name, text_type(text.size()), scalar(), padded.data());
}

void attribute(hid_t object, const char* name, const char* text) {
    attribute(object, name, std::string(text));
}

void attribute(hid_t object, const char* name, const std::vector<std::string>& texts) {
    const std::size_t size = longest(texts);
    std::string padded;
    for (const std::string& text : texts) {
        padded += text;
        padded.append(size - text.size(), '\0');
    }
    write_attribute(object, name, text_type(size), row_of(texts.size()), padded.data());
}

void attribute(hid_t object, const char* name, std::int64_t value) {
    write_attribute(object, name, copy_of(integer_type()), scalar(), &value);
}

void attribute(hid_t object, const char* name, double value) {
    write_attribute(object, name, copy_of(real_type()), scalar(), &value);
}

void attribute(hid_t object, const char* name, bool value) {
    const std::int8_t byte = value ? 1 : 0;
    write_attribute(object, name, truth_type(), scalar(), &byte);
}

void write_table(hid_t parent, const std::string& name, const Table& table) {
    if (table.columns.empty()) throw std::logic_error("table " + table.path + " has no columns");
    std::vector<Handle> types;
    std::vector<std::size_t> sizes;
    std::size_t row_bytes = 0;
    for (const Column& column : table.columns) {
        if (column.size() != table.rows()) {
            throw std::logic_error("table " + table.path + ": column " + column.name + " has " +
                                   std::to_string(column.size()) + " rows, not " +
                                   std::to_string(table.rows()));
        }
        types.push_back(type_of(column));
        sizes.push_back(H5Tget_size(types.back().id()));
        row_bytes += sizes.back();
    }
    const Handle type(H5Tcreate(H5T_COMPOUND, row_bytes), H5Tclose);
    std::size_t offset = 0;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        check(H5Tinsert(type.id(), table.columns[c].name.c_str(), offset, types[c].id()));
        offset += sizes[c];
    }

    const Handle properties = creation_properties(H5P_DATASET_CREATE);
    if (table.rows() * row_bytes > plain_bytes) {
        const std::size_t chunk = std::max<std::size_t>(1, table_chunk_bytes / row_bytes);
        compress(properties, std::min(chunk, table.rows()));
    }
    const Handle dataset(H5Dcreate2(parent, name.c_str(), type.id(), row_of(table.rows()).id(),
                                    H5P_DEFAULT, properties.id(), H5P_DEFAULT),
                         H5Dclose);
    write_rows(dataset, type, table, sizes, row_bytes);

    std::vector<std::string> names;
    std::vector<std::string> units;
    std::vector<std::string> descriptions;
    for (const Column& column : table.columns) {
        names.push_back(column.name);
        units.push_back(column.unit);
        descriptions.push_back(column.description);
    }
    attribute(dataset.id(), "description", table.description);
    attribute(dataset.id(), "columns", names);
    attribute(dataset.id(), "units", units);
    attribute(dataset.id(), "descriptions", descriptions);
}

}  // namespace snsim::hdf5

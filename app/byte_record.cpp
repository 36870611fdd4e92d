#include "app/byte_record.h"

#include <boost/crc.hpp>
#include <cstring>

namespace snsim {

namespace {

/// ECMA-182, as xz uses it.
using Crc64 = boost::crc_optimal<64, 0x42F0E1EBA9EA3693ULL, 0xFFFFFFFFFFFFFFFFULL,
                                 0xFFFFFFFFFFFFFFFFULL, true, true>;

struct Header {
    std::uint64_t length;
    std::uint64_t checksum;
};

}  // namespace

std::uint64_t checksum(std::string_view bytes) {
    Crc64 crc;
    crc.process_bytes(bytes.data(), bytes.size());
    return crc.checksum();
}

void RecordReader::take(void* to, std::size_t size) {
    if (size > rest_.size()) throw RecordError();
    std::memcpy(to, rest_.data(), size);
    rest_.remove_prefix(size);
}

std::int64_t RecordReader::integer() {
    std::int64_t value = 0;
    take(&value, sizeof value);
    return value;
}

double RecordReader::real() {
    double value = 0;
    take(&value, sizeof value);
    return value;
}

std::string RecordReader::text() {
    const std::int64_t size = integer();
    if (size < 0 || static_cast<std::uint64_t>(size) > rest_.size()) {
        throw RecordError();
    }
    std::string out(rest_.substr(0, static_cast<std::size_t>(size)));
    rest_.remove_prefix(out.size());
    return out;
}

std::string framed(std::string_view record) {
    const Header header{record.size(), checksum(record)};
    std::string out(reinterpret_cast<const char*>(&header), sizeof header);
    out += record;
    return out;
}

std::optional<std::string_view> next_record(std::string_view& bytes) {
    Header header{};
    if (bytes.size() < sizeof header) return std::nullopt;
    std::memcpy(&header, bytes.data(), sizeof header);
    // Zeros, which a file may end with after a crash, would be an empty record and its checksum.
    if (header.length == 0 || header.length > bytes.size() - sizeof header) return std::nullopt;
    const std::string_view record =
        bytes.substr(sizeof header, static_cast<std::size_t>(header.length));
    if (checksum(record) != header.checksum) return std::nullopt;
    bytes.remove_prefix(sizeof header + record.size());
    return record;
}

}  // namespace snsim

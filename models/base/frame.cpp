#include "models/base/frame.h"

namespace snsim {

void Extent::copy(std::uint32_t from, std::uint32_t count, std::uint8_t* out) const {
    if (bytes != nullptr) {
        std::memcpy(out, bytes + from, count);
        return;
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        out[i] = static_cast<std::uint8_t>(tag >> (56 - 8 * ((offset + from + i) % 8)));
    }
}

void Frame::serialise(std::uint8_t* out) const {
    std::memcpy(out, header.data(), header_bytes);
    out += header_bytes;
    for (std::size_t i = 0; i < extent_count; ++i) {
        extents[i].copy(0, extents[i].length, out);
        out += extents[i].length;
    }
}

}  // namespace snsim

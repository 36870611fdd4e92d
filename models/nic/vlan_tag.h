// The tag of a frame's VLAN: taken off before the host sees a frame, and put in where its driver
// asks for that.
#pragma once

#include <cstdint>
#include <cstring>

#include "models/base/frame.h"
#include "models/protocols/byte_order.h"
#include "models/protocols/headers.h"

namespace snsim {

inline constexpr std::uint32_t tag_bytes = 4;

/// Takes the outer tag off.
inline void take_tag(Frame& frame) {
    std::uint8_t* const at = &frame.header[ethertype_place];
    std::memmove(at, at + tag_bytes, frame.header_bytes - ethertype_place - tag_bytes);
    frame.header_bytes = static_cast<std::uint8_t>(frame.header_bytes - tag_bytes);
    frame.bytes -= tag_bytes;
}

/// Puts a tag in, for which the header has room.
inline void put_tag(Frame& frame, std::uint16_t vlan) {
    std::uint8_t* const at = &frame.header[ethertype_place];
    std::memmove(at + tag_bytes, at, frame.header_bytes - ethertype_place);
    store_be16(at, ethertype::vlan);
    store_be16(at + 2, vlan);
    frame.header_bytes = static_cast<std::uint8_t>(frame.header_bytes + tag_bytes);
    frame.bytes += tag_bytes;
}

}  // namespace snsim

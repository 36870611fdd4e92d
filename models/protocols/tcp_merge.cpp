#include "models/protocols/tcp_merge.h"

#include <algorithm>
#include <cstring>

#include "models/protocols/byte_order.h"

namespace snsim {

namespace {
constexpr std::uint16_t tcp_bytes = 20;
}

bool TcpSegment::read(const std::uint8_t* bytes, std::size_t available, std::uint32_t frame) {
    ParsedHeaders parsed;
    if (parse(bytes, available, frame, parsed) != ParseStatus::ok) return false;
    if (!parsed.has_l4 || parsed.protocol != ip_protocol::tcp || parsed.vlan_tags > 0 ||
        parsed.fragment != Fragment::none || !make_flow_key(parsed, bytes, key)) {
        return false;
    }
    sequence = load_be32(bytes + parsed.l4 + 4);
    acknowledgement = load_be32(bytes + parsed.l4 + 8);
    payload = parsed.datagram_end - parsed.header_bytes;
    l4 = parsed.l4;
    header_bytes = parsed.header_bytes;
    flags = parsed.tcp_flags;
    ttl = parsed.ttl;
    return true;
}

SegmentRun::SegmentRun(const TcpSegment& first, const std::uint8_t* bytes)
    : key_(first.key),
      next_sequence_(first.sequence + first.payload),
      acknowledgement_(first.acknowledgement),
      payload_(first.payload),
      header_bytes_(first.header_bytes),
      ttl_(first.ttl),
      option_bytes_(static_cast<std::uint8_t>(first.header_bytes - first.l4 - tcp_bytes)) {
    std::copy_n(bytes + first.l4 + tcp_bytes, option_bytes_, options_.begin());
}

bool SegmentRun::goes_on_with(const TcpSegment& segment, const std::uint8_t* bytes) const {
    return segment.is_plain() && segment.sequence == next_sequence_ &&
           segment.acknowledgement == acknowledgement_ && segment.payload <= payload_ &&
           segment.header_bytes == header_bytes_ && segment.ttl == ttl_ &&
           std::memcmp(bytes + segment.l4 + tcp_bytes, options_.data(), option_bytes_) == 0;
}

bool SegmentRun::add(const TcpSegment& segment) {
    next_sequence_ += segment.payload;
    return segment.payload == payload_ && (segment.flags & tcp_flag::psh) == 0;
}

}  // namespace snsim

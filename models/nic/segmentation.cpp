#include "models/nic/segmentation.h"

#include <algorithm>
#include <cstring>

namespace snsim {

namespace {

constexpr std::size_t ipv4_identification = 4;
constexpr std::size_t tcp_sequence = 4;
constexpr std::size_t tcp_flags = 13;
constexpr std::uint8_t cwr = 0x80;

HeaderLayout layout_of_packet(const Frame& packet) {
    ParsedHeaders parsed;
    parse(packet.header.data(), packet.header_bytes, packet.bytes - fcs_bytes, parsed);
    return layout_of(parsed);
}

/// Bytes [from, from + count) of what lies behind the packet's headers.
void slice(const Frame& packet, std::uint32_t from, std::uint32_t count, Frame& segment) {
    segment.extent_count = 0;
    for (std::size_t e = 0; e < packet.extent_count && count > 0; ++e) {
        Extent extent = packet.extents[e];
        if (from >= extent.length) {
            from -= extent.length;
            continue;
        }
        if (extent.bytes != nullptr) extent.bytes += from;
        extent.offset += extent.bytes == nullptr ? from : 0;
        extent.length = std::min(extent.length - from, count);
        from = 0;
        count -= extent.length;
        segment.extents[segment.extent_count++] = extent;
    }
}

InternetChecksum sum_of(const Frame& frame) {
    InternetChecksum sum;
    for (std::size_t e = 0; e < frame.extent_count; ++e) {
        const Extent& extent = frame.extents[e];
        if (extent.bytes != nullptr) {
            sum.add(extent.bytes, extent.length);
        } else {
            sum.add_stamp(extent.tag, extent.offset, extent.length);
        }
    }
    return sum;
}

}  // namespace

bool Segmentation::can_cut(const Frame& packet) {
    ParsedHeaders parsed;
    return packet.payload_bytes() > 0 &&
           parse(packet.header.data(), packet.header_bytes, packet.bytes - fcs_bytes, parsed) ==
               ParseStatus::ok &&
           parsed.has_l4 && parsed.protocol == ip_protocol::tcp &&
           parsed.fragment == Fragment::none;
}

Segmentation::Segmentation(const Frame& packet, std::uint32_t mss)
    : packet_(packet),
      header_(packet.header),
      mss_(mss),
      layout_(layout_of_packet(packet)),
      payload_(packet.bytes - fcs_bytes - packet.header_bytes),
      count_(std::max(1U, (payload_ + mss - 1) / mss)) {}

void Segmentation::write(std::uint32_t i, Frame& segment) const {
    static_cast<FrameHead&>(segment) = packet_;
    segment.left = packet_.left;
    segment.source = nullptr;
    segment.sequence = packet_.sequence;
    const std::uint32_t from = i * mss_;
    const std::uint32_t bytes = std::min(mss_, payload_ - from);
    slice(packet_, from, bytes, segment);
    segment.bytes = packet_.header_bytes + bytes + fcs_bytes;
    write_headers(i, count_, segment);
}

void Segmentation::write_headers(std::uint32_t i, std::uint32_t count, Frame& segment) const {
    segment.header = header_;
    const std::uint32_t from = i * mss_;
    const std::uint32_t bytes = segment.payload_bytes();
    std::uint8_t* const header = segment.header.data();
    patch_payload_bytes(header, layout_, bytes);
    std::uint8_t* const tcp = header + layout_.l4;
    store_be32(tcp + tcp_sequence, load_be32(tcp + tcp_sequence) + from);
    std::uint8_t& flags = tcp[tcp_flags];
    if (i + 1 < count) {
        flags = static_cast<std::uint8_t>(flags & ~(tcp_flag::fin | tcp_flag::psh));
    }
    if (i > 0) flags = static_cast<std::uint8_t>(flags & ~cwr);
    if (layout_.ip_version == 4) {
        std::uint8_t* const ip = header + layout_.l3;
        const std::uint16_t before = load_be16(ip + ipv4_identification);
        const auto now = static_cast<std::uint16_t>(before + i);
        store_be16(ip + ipv4_identification, now);
        store_be16(ip + 10, checksum_update16(load_be16(ip + 10), before, now));
    }
    write_l4_checksum(header, layout_, sum_of(segment), bytes);
}

}  // namespace snsim

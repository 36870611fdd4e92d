#include "models/host/gro.h"

#include <cstring>

#include "models/protocols/byte_order.h"
#include "models/protocols/headers.h"

namespace snsim {

namespace {

struct Segment {
    FlowKey key;
    std::uint32_t sequence;
    std::uint32_t acknowledgement;
    std::uint32_t payload;
    std::uint16_t l4;
    std::uint16_t header_bytes;
    std::uint8_t flags;
    std::uint8_t ttl;
};

/// The frame as a TCP segment; false if it is none, or a fragment, or has a tag.
bool read(const Frame& frame, Segment& out) {
    ParsedHeaders parsed;
    const std::uint8_t* const bytes = frame.header.data();
    if (parse(bytes, frame.header_bytes, frame.bytes - fcs_bytes, parsed) != ParseStatus::ok) {
        return false;
    }
    if (!parsed.has_l4 || parsed.protocol != ip_protocol::tcp || parsed.vlan_tags > 0 ||
        parsed.fragment != Fragment::none || !make_flow_key(parsed, bytes, out.key)) {
        return false;
    }
    out.sequence = load_be32(bytes + parsed.l4 + 4);
    out.acknowledgement = load_be32(bytes + parsed.l4 + 8);
    out.payload = parsed.datagram_end - parsed.header_bytes;
    out.l4 = parsed.l4;
    out.header_bytes = parsed.header_bytes;
    out.flags = parsed.tcp_flags;
    out.ttl = parsed.ttl;
    return true;
}

}  // namespace

Packet& ReceiveMerger::single(PacketPool& pool, Frame& frame) {
    Packet& packet = pool.take();
    packet.frames.push_back(&frame);
    packet.bytes = frame.bytes - fcs_bytes;
    return packet;
}

Packet* ReceiveMerger::remove(std::size_t index) {
    Packet* const packet = held_[index].packet;
    for (std::size_t i = index + 1; i < count_; ++i) held_[i - 1] = held_[i];
    --count_;
    return packet;
}

ReceiveMerger::Result ReceiveMerger::add(Frame& frame) {
    Result result;
    Segment segment;
    if (!read(frame, segment)) {
        result.also = &single(pool_, frame);
        return result;
    }
    constexpr std::uint8_t mergeable = tcp_flag::ack | tcp_flag::psh;
    const bool plain = (segment.flags & ~mergeable) == 0 && segment.payload > 0;
    std::size_t at = 0;
    while (at < count_ && held_[at].key != segment.key) ++at;
    if (at < count_) {
        Held& held = held_[at];
        const bool follows =
            plain && segment.sequence == held.next_sequence &&
            segment.acknowledgement == held.acknowledgement && segment.payload <= held.segment &&
            segment.header_bytes == held.header_bytes && segment.ttl == held.ttl &&
            std::memcmp(frame.header.data() + segment.l4 + 20,
                        held.packet->frames[0]->header.data() + held.l4 + 20,
                        std::size_t{segment.header_bytes} - segment.l4 - 20) == 0 &&
            held.packet->bytes + segment.payload <= packet_max;
        if (follows) {
            held.packet->frames.push_back(&frame);
            held.packet->bytes += segment.payload;
            ++held.packet->data_packets;
            held.next_sequence += segment.payload;
            result.merged = true;
            if (segment.payload < held.segment || (segment.flags & tcp_flag::psh) != 0) {
                result.done = remove(at);
            }
            return result;
        }
        result.done = remove(at);
    }
    Packet& packet = single(pool_, frame);
    packet.tcp = true;
    packet.data_packets = segment.payload > 0 ? 1 : 0;
    if (!plain || (segment.flags & tcp_flag::psh) != 0) {
        result.also = &packet;
        return result;
    }
    if (count_ == held_max) result.done = remove(0);
    held_[count_++] = {&packet,
                       segment.key,
                       segment.sequence + segment.payload,
                       segment.acknowledgement,
                       segment.payload,
                       segment.l4,
                       segment.header_bytes,
                       segment.ttl};
    return result;
}

}  // namespace snsim

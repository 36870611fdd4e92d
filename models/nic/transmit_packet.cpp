#include "models/nic/transmit_packet.h"

#include <cstring>

#include "models/nic/segmentation.h"
#include "models/nic/vlan_tag.h"

namespace snsim {

std::uint32_t first_packet_pieces(const DescriptorRing& ring) {
    for (std::uint32_t i = 0; i < ring.ready(); ++i) {
        if ((TxDescriptor::load(ring.front(i)).flags & TxDescriptor::end_of_packet) != 0) {
            return i + 1;
        }
    }
    return 0;
}

std::uint32_t first_packet_bytes(const DescriptorRing& ring) {
    std::uint32_t bytes = 0;
    for (std::uint32_t i = 0, pieces = first_packet_pieces(ring); i < pieces; ++i) {
        bytes += TxDescriptor::load(ring.front(i)).length;
    }
    return bytes;
}

void TransmitPacket::describe(NicQueue& of) {
    queue = &of;
    first = TxDescriptor::load(of.tx.front());
    bytes = first_packet_bytes(of.tx);
    pieces = first_packet_pieces(of.tx);
    parts.assign(pieces, nullptr);
    ready = 0;
    blocked = here = false;
    generation = of.tx.generation();
    end = static_cast<std::uint16_t>(
        ring_position(of.tx.position(pieces - 1) + std::uint64_t{1}, of.tx.entries()));
    count_frames();
}

/// Frames that the packet becomes, and their bytes, each with its FCS.
void TransmitPacket::count_frames() {
    const bool cuts =
        (first.flags & TxDescriptor::segment) != 0 && first.mss > 0 && bytes > first.header_bytes;
    const std::uint32_t payload = cuts ? bytes - first.header_bytes : 0;
    frames = cuts ? (payload + first.mss - 1) / first.mss : 1;
    credit = bytes + fcs_bytes + (frames - 1) * (first.header_bytes + fcs_bytes);
    if (gets_tag()) credit += frames * tag_bytes;
}

bool TransmitPacket::can_be_cut() const {
    const Frame& head = *parts.front();
    if (first.mss < least_mss || first.header_bytes != head.header_bytes ||
        !Segmentation::can_cut(head)) {
        return false;
    }
    if (parts.size() == 1) return true;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const Frame* const part = parts[i];
        if (part == nullptr) return false;
        const bool last = i + 1 == parts.size();
        const std::uint32_t payload = part->payload_bytes();
        if (part->header_bytes != head.header_bytes || payload > first.mss ||
            (!last && payload < first.mss)) {
            return false;
        }
    }
    return true;
}

DropReason TransmitPacket::refusal(const NicFunction& function) const {
    if (!function.receives() || generation != queue->tx.generation()) {
        return DropReason::interface_down;
    }
    const Frame& frame = *parts.front();
    if (blocked) return DropReason::dma_fault;
    std::uint32_t read = frame.bytes - fcs_bytes;
    for (std::size_t i = 1; i < parts.size(); ++i) {
        if (parts[i] != nullptr) read += parts[i]->payload_bytes();
    }
    if (bytes != read) return DropReason::malformed;
    if (is_cut() && !can_be_cut()) return DropReason::malformed;
    constexpr std::size_t source = 6;
    const MacAddress& mac = function.owner.mac;
    if (std::memcmp(&frame.header[source], mac.data(), mac.size()) != 0) return DropReason::spoofed;
    const bool is_tagged = has_vlan_tag(frame.header.data());
    if (is_tagged && gets_tag()) return DropReason::spoofed;
    unsigned vlan = is_tagged ? load_be16(&frame.header[ethertype_place + 2]) & 0xfffU : 0U;
    if (gets_tag()) vlan = first.vlan;
    return vlan == function.owner.vlan ? DropReason::none : DropReason::spoofed;
}

}  // namespace snsim

#include "models/host/gro.h"

namespace snsim {

namespace {

bool read(const Frame& frame, TcpSegment& out) {
    return out.read(frame.header.data(), frame.header_bytes, frame.bytes - fcs_bytes);
}

}  // namespace

Packet& ReceiveMerger::single(PacketPool& pool, Frame& frame) {
    Packet& packet = pool.take();
    packet.frames.push_back(&frame);
    packet.bytes = frame.bytes - fcs_bytes;
    packet.buffers = 1;
    return packet;
}

Packet* ReceiveMerger::remove(std::size_t index) {
    Packet* const packet = held_[index].packet;
    for (std::size_t i = index + 1; i < count_; ++i) held_[i - 1] = held_[i];
    --count_;
    return packet;
}

std::size_t ReceiveMerger::find(const FlowKey& key) const {
    std::size_t at = 0;
    while (at < count_ && held_[at].run.key() != key) ++at;
    return at;
}

ReceiveMerger::Result ReceiveMerger::add(Frame& frame) {
    Result result;
    TcpSegment segment;
    if (!read(frame, segment)) {
        result.also = &single(pool_, frame);
        return result;
    }
    const std::size_t at = find(segment.key);
    if (at < count_) {
        Held& held = held_[at];
        if (held.run.goes_on_with(segment, frame.header.data()) &&
            held.packet->bytes + segment.payload <= packet_max) {
            held.packet->frames.push_back(&frame);
            held.packet->bytes += segment.payload;
            ++held.packet->buffers;
            ++held.packet->data_packets;
            result.merged = true;
            if (!held.run.add(segment)) result.done = remove(at);
            return result;
        }
        result.done = remove(at);
    }
    Packet& packet = single(pool_, frame);
    packet.tcp = true;
    packet.data_packets = segment.payload > 0 ? 1 : 0;
    if (!segment.may_begin()) {
        result.also = &packet;
        return result;
    }
    if (count_ == held_max) result.done = remove(0);
    held_[count_++] = {&packet, SegmentRun(segment, frame.header.data())};
    return result;
}

ReceiveMerger::Result ReceiveMerger::pass(Packet& packet) {
    Result result;
    TcpSegment segment;
    if (read(*packet.frames.front(), segment)) {
        const std::size_t at = find(segment.key);
        if (at < count_) result.done = remove(at);
    }
    result.also = &packet;
    return result;
}

}  // namespace snsim

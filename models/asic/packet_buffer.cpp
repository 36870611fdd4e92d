#include "models/asic/packet_buffer.h"

#include "models/base/fault.h"

namespace snsim {

namespace {
constexpr std::size_t frame_ahead = 6;
constexpr std::size_t header_ahead = 3;
}  // namespace

PacketBuffer::PacketBuffer(const sc_core::sc_module_name& name, Partition& partition,
                           const PacketBufferParams& params, std::int64_t contexts)
    : sc_module(name),
      from_port0("from_port0", partition.agenda,
                 frame_function<&PacketBuffer::arrive, PacketBuffer>(), this),
      from_port1("from_port1", partition.agenda,
                 frame_function<&PacketBuffer::arrive, PacketBuffer>(), this),
      to_parser("to_parser", partition.agenda,
                frame_function<&PacketBuffer::credit, PacketBuffer>(), this),
      cell_bytes_(static_cast<std::uint32_t>(params.cell.value)),
      partition_(partition),
      block_(partition.agenda.add_block(this->name())),
      place_(partition.add_place(this->name())),
      cells_(params.size.value / params.cell.value, lanes),
      shares_{CreditPool(params.port_limit.value / params.cell.value),
              CreditPool(params.port_limit.value / params.cell.value)},
      contexts_(contexts),
      queue_(this->name(), partition.stations.next_slot(), 0) {
    partition.stations.add(queue_);
}

void PacketBuffer::arrive(Frame& frame, Picoseconds t) {
    const std::uint32_t cells = (frame.bytes + cell_bytes_ - 1) / cell_bytes_;
    CreditPool& share = shares_[frame.in_port];
    if (!cells_.can_take(t, cells) || !share.can_take(t, cells)) {
        frame.drop_place = place_;
        dropped_here({frame, DropReason::buffer_full, t});
        partition_.agenda.frames().release(frame);
        return;
    }
    if (fault::armed("lost_frame")) {
        partition_.agenda.frames().release(frame);
        return;
    }
    cells_.take(cells);
    share.take(cells);
    frame.cells = static_cast<std::uint16_t>(cells);
    buffered({frame, t});
    // Frames wait only while no credit is known to come, so the newcomer cannot overtake.
    if (waiting_.empty()) {
        if (const auto start = contexts_.take_when(t)) {
            queue_.visit(frame, t, {*start, *start, *start, frame.cells});
            issue(frame, *start);
            return;
        }
    }
    queue_.enter(frame, t);
    waiting_.push(&frame);
}

void PacketBuffer::credit(Frame&, Picoseconds t) {
    if (fault::armed("leaked_credit")) return;
    if (waiting_.empty()) {
        contexts_.give_back(t);
    } else {
        Frame& frame = *waiting_.pop();
        // What has waited long is cold: fetch a frame some places ahead, and what the header of one
        // is made of that has been fetched.
        if (waiting_.size() > frame_ahead) waiting_[frame_ahead]->prefetch_all();
        if (waiting_.size() > header_ahead) {
            const Frame& next = *waiting_[header_ahead];
            if (next.source != nullptr) next.source->prefetch(next);
        }
        queue_.serve(frame, {t, t, t, frame.cells});
        issue(frame, t);
    }
}

void PacketBuffer::issue(Frame& frame, Picoseconds t) {
    frame.ensure_header();
    ++issued_;
    shares_[frame.in_port].give_back(t, frame.cells);
    to_parser.send(frame, t);
}

}  // namespace snsim

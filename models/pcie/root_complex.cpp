#include "models/pcie/root_complex.h"

#include <algorithm>

#include "models/functions/drop_reason.h"
#include "models/pcie/link_format.h"
#include "models/pcie/tlp_cursor.h"
#include "models/protocols/byte_order.h"
#include "models/protocols/pcie_payload.h"

namespace snsim {

namespace {
constexpr std::uint32_t line_bytes = 64;
}

RootComplex::Port::Port(RootComplex& root, std::size_t number, std::uint32_t most, Agenda& agenda)
    : parent(root),
      index(number),
      completion_limit(most),
      from_link(("from_link" + std::to_string(number)).c_str(), agenda,
                payload_function<&Port::asked, Port>(), this),
      to_link(("to_link" + std::to_string(number)).c_str(), agenda,
              payload_function<&Port::answered, Port>(), this) {}

RootComplex::RootComplex(const sc_core::sc_module_name& name, Partition& partition,
                         const RootParams& params, const std::vector<LinkParams>& links,
                         Iommu& iommu, const BusMap& map)
    : sc_module(name),
      from_cores("from_cores", partition.agenda,
                 payload_function<&RootComplex::core_asks, RootComplex>(), this),
      to_memory("to_memory", partition.agenda,
                payload_function<&RootComplex::memory_answers, RootComplex>(), this),
      to_interrupts("to_interrupts", partition.agenda,
                    payload_function<&RootComplex::answer, RootComplex>(), this),
      params_(params),
      agenda_(partition.agenda),
      block_(partition.agenda.add_block(this->name())),
      wake_(partition.agenda, block_, wake_handler<&RootComplex::due, RootComplex>(), this),
      iommu_(iommu),
      map_(map),
      place_(partition.add_place(iommu.name())) {
    for (const LinkParams& link : links) {
        ports_.emplace_back(*this, ports_.size(), completion_limit(params, link), partition.agenda);
    }
}

/// Links tell of arrivals ahead of their time; several of them have to be put in order.
void RootComplex::Port::asked(Payload& payload, Picoseconds t) {
    if (parent.ports_.size() == 1) {
        parent.take(payload, t);
        return;
    }
    parent.coming_.push(t, static_cast<std::uint8_t>(index), &payload);
    parent.wake_.at(parent.coming_.time(), Phase::arrival);
}

void RootComplex::due() {
    agenda_.count_item();
    while (!coming_.empty() && coming_.time() <= agenda_.now()) {
        take(*coming_.pop(), agenda_.now());
    }
    if (!coming_.empty()) wake_.at(coming_.time(), Phase::arrival);
}

/// True if the access goes on all the same.
bool RootComplex::passes_anyway(Payload& payload, Iommu::Verdict verdict, Picoseconds t) {
    auto& info = info_of<PcieRequest>(payload);
    const bool interrupt = info.kind == PcieKind::interrupt;
    DmaRefusal what = interrupt            ? DmaRefusal::interrupt
                      : payload.is_write() ? DmaRefusal::write
                                           : DmaRefusal::read;
    if (verdict == Iommu::Verdict::detached) what = DmaRefusal::detached;
    if (verdict == Iommu::Verdict::stray) {
        strayed({t, requester_of(info), what});
        return true;
    }
    block(payload, what, t);
    return false;
}

/// What is not allowed ends here: a write has no effect, a read brings no data. Whoever asked ends
/// the frame that was to be written, unless it was told already that the frame has left.
void RootComplex::block(Payload& payload, DmaRefusal what, Picoseconds t) {
    auto& info = info_of<PcieRequest>(payload);
    ++blocked_accesses_;
    info.blocked = true;
    info.drained = t;
    const DropReason reason =
        what == DmaRefusal::detached ? DropReason::interface_down : DropReason::dma_fault;
    if (info.frame != nullptr) {
        info.frame->drop_place = place_;
        info.frame->drop_reason = static_cast<std::uint8_t>(reason);
        if (info.answered) frame_refused.give_back(*info.frame, t);
    }
    refused({t, requester_of(info), what});
    answer(payload, t);
}

void RootComplex::take(Payload& payload, Picoseconds t) {
    auto& info = info_of<PcieRequest>(payload);
    if (info.kind == PcieKind::interrupt) {
        interrupt(payload, t + params_.latency.value);
        return;
    }
    const std::uint8_t device = map_.device_at(payload.get_address());
    if (device != BusMap::nobody && device != info.requester) {
        to_peer(payload, device, t);
        return;
    }
    const bool read = payload.is_read();
    // A read is taken up with its first TLP, a write with its last.
    Picoseconds in = std::max(t, (read ? info.first_arrival : t) + params_.latency.value);
    const std::uint16_t requester = requester_of(info);
    in = iommu_.translate(requester, payload.get_address(), payload.get_data_length(), in);
    if (!passes(payload,
                iommu_.judge(requester, payload.get_address(), payload.get_data_length(), !read),
                in)) {
        return;
    }
    info.drained = in;
    if (read && !info.relaxed_ordering) in = std::max(in, port_of(info).latest_commit);
    to_memory.request(payload, in);
}

void RootComplex::interrupt(Payload& payload, Picoseconds t) {
    const auto& info = info_of<PcieRequest>(payload);
    const std::uint32_t data = load_le32(payload.get_data_ptr());
    const auto verdict = iommu_.judge_interrupt(requester_of(info), payload.get_address(), data);
    if (!passes(payload, verdict, t)) return;
    to_interrupts.request(payload, std::max(t, port_of(info).latest_commit));
}

/// From device to device. Its answer, or the room it took on its way, goes back in link_answers().
void RootComplex::to_peer(Payload& payload, std::uint8_t device, Picoseconds t) {
    auto& info = info_of<PcieRequest>(payload);
    const std::uint32_t bytes = payload.get_data_length();
    const bool write = payload.is_write();
    Picoseconds in = t + params_.latency.value;
    if (!params_.peer_to_peer) {
        block(payload, DmaRefusal::peer_to_peer, in);
    } else {
        in = iommu_.translate(requester_of(info), payload.get_address(), bytes, in);
        (void)passes(payload, iommu_.judge(requester_of(info), payload.get_address(), bytes, write),
                     in);
    }
    if (info.blocked) return;
    info.drained = in;
    Port& from = port_of(info);
    in = std::max(in, from.latest_peer);
    if (write) from.latest_peer = in;
    ports_[map_.root_port(device)].to_link.request(payload, in + params_.latency.value);
}

/// A write is visible; or the first line of a read is there, and the others `step` apart.
void RootComplex::memory_answers(Payload& payload, Picoseconds t) {
    auto& info = info_of<PcieRequest>(payload);
    Port& port = port_of(info);
    if (payload.is_write()) {
        port.latest_commit = std::max(port.latest_commit, t);
        if (info.blocked && info.answered && info.frame != nullptr) {
            frame_refused.give_back(*info.frame, t);
        }
        port.from_link.respond(payload, t);
        return;
    }
    // The first completion waits for its lines, each further one for as many as it can hold.
    const std::uint32_t first =
        TlpCursor::completions(payload.get_address(), payload.get_data_length(),
                               port.completion_limit, info.mrrs)
            .bytes();
    const Picoseconds line = info.step;
    info.step = line * (port.completion_limit / line_bytes);
    port.from_link.respond(payload, t + line * ((first - 1) / line_bytes) + params_.latency.value);
}

/// What no device claims is the first one's to refuse.
void RootComplex::core_asks(Payload& payload, Picoseconds t) {
    const std::uint8_t device = std::max(map_.device_at(payload.get_address()), std::uint8_t{1});
    info_of<PcieRequest>(payload).requester = BusMap::nobody;
    ports_[map_.root_port(device)].to_link.request(payload, t + params_.latency.value);
}

/// A device has answered a core or another device; or what was written to it has left.
void RootComplex::link_answers(Payload& payload, Picoseconds t) {
    const bool read = payload.is_read();
    if (info_of<PcieRequest>(payload).requester == BusMap::nobody) {
        from_cores.respond(payload, read ? t + params_.latency.value : t);
        return;
    }
    answer(payload, read ? t + 2 * params_.latency.value : t);
}

}  // namespace snsim

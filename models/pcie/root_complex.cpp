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

RootComplex::RootComplex(const sc_core::sc_module_name& name, Partition& partition,
                         const RootParams& params, const LinkParams& link, Iommu& iommu)
    : sc_module(name),
      from_link("from_link", partition.agenda,
                payload_function<&RootComplex::card_asks, RootComplex>(), this),
      to_link("to_link", partition.agenda,
              payload_function<&RootComplex::link_answers, RootComplex>(), this),
      from_cores("from_cores", partition.agenda,
                 payload_function<&RootComplex::core_asks, RootComplex>(), this),
      to_memory("to_memory", partition.agenda,
                payload_function<&RootComplex::memory_answers, RootComplex>(), this),
      to_interrupts("to_interrupts", partition.agenda,
                    payload_function<&RootComplex::interrupt_taken, RootComplex>(), this),
      params_(params),
      link_(link),
      completion_limit_(completion_limit(params, link)),
      iommu_(iommu),
      place_(partition.add_place(iommu.name())) {}

/// True if the access goes on.
bool RootComplex::passes(Payload& payload, Iommu::Verdict verdict, Picoseconds t) {
    if (verdict == Iommu::Verdict::pass) return true;
    auto& info = info_of<PcieRequest>(payload);
    const bool interrupt = info.kind == PcieKind::interrupt;
    DmaRefusal what = interrupt            ? DmaRefusal::interrupt
                      : payload.is_write() ? DmaRefusal::write
                                           : DmaRefusal::read;
    if (verdict == Iommu::Verdict::detached) what = DmaRefusal::detached;
    if (verdict == Iommu::Verdict::stray) {
        strayed({t, info.function, what});
        return true;
    }
    block(payload, what, t);
    return false;
}

/// What the IOMMU does not allow ends here: a write has no effect, a read brings no data. Whoever
/// asked ends the frame that was to be written.
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
    }
    refused({t, info.function, what});
    from_link.respond(payload, t);
}

void RootComplex::card_asks(Payload& payload, Picoseconds t) {
    auto& info = info_of<PcieRequest>(payload);
    if (info.kind == PcieKind::interrupt) {
        const std::uint32_t data = load_le32(payload.get_data_ptr());
        if (!passes(payload, iommu_.judge_interrupt(info.function, payload.get_address(), data),
                    t + params_.latency.value)) {
            return;
        }
        to_interrupts.request(payload, std::max(t + params_.latency.value, latest_commit_));
        return;
    }
    const bool read = payload.is_read();
    // A read is taken up with its first TLP, a write with its last.
    Picoseconds in = std::max(t, (read ? info.first_arrival : t) + params_.latency.value);
    in = iommu_.translate(info.function, payload.get_address(), payload.get_data_length(), in);
    if (!passes(
            payload,
            iommu_.judge(info.function, payload.get_address(), payload.get_data_length(), !read),
            in)) {
        return;
    }
    info.drained = in;
    if (read && !info.relaxed_ordering) in = std::max(in, latest_commit_);
    to_memory.request(payload, in);
}

/// A write is visible; or the first line of a read is there, and the others `step` apart.
void RootComplex::memory_answers(Payload& payload, Picoseconds t) {
    auto& info = info_of<PcieRequest>(payload);
    if (payload.is_write()) {
        latest_commit_ = std::max(latest_commit_, t);
        from_link.respond(payload, t);
        return;
    }
    // The first completion waits for its lines, each further one for as many as it can hold.
    const std::uint32_t first =
        TlpCursor::completions(payload.get_address(), payload.get_data_length(), completion_limit_,
                               static_cast<std::uint32_t>(link_.mrrs.value))
            .bytes();
    const Picoseconds line = info.step;
    info.step = line * (completion_limit_ / line_bytes);
    from_link.respond(payload, t + line * ((first - 1) / line_bytes) + params_.latency.value);
}

void RootComplex::interrupt_taken(Payload& payload, Picoseconds t) {
    from_link.respond(payload, t);
}

void RootComplex::core_asks(Payload& payload, Picoseconds t) {
    to_link.request(payload, t + params_.latency.value);
}

void RootComplex::link_answers(Payload& payload, Picoseconds t) {
    from_cores.respond(payload, payload.is_read() ? t + params_.latency.value : t);
}

}  // namespace snsim

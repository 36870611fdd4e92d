#include "models/base/memory_stream.h"

namespace snsim {

MemoryOut::MemoryOut(const char* name, Agenda& agenda, PayloadFunction on_response, void* context)
    : tlm_initiator_socket(name), agenda_(agenda), on_response_(on_response), context_(context) {
    get_base_export().bind(*this);
}

void MemoryOut::transport(Payload& payload, Picoseconds t) {
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = detail::delay_of(t - agenda_.kernel_now());
    const tlm::tlm_sync_enum done = target_->nb_transport_fw(payload, phase, delay);
    if (done == tlm::TLM_COMPLETED || (done == tlm::TLM_UPDATED && phase == tlm::BEGIN_RESP)) {
        const Picoseconds answered = detail::time_after(delay, agenda_);
        if (done == tlm::TLM_UPDATED) {
            phase = tlm::END_RESP;
            target_->nb_transport_fw(payload, phase, delay);
        }
        on_response_(context_, payload, answered);
    }
}

tlm::tlm_sync_enum MemoryOut::nb_transport_bw(Payload& payload, tlm::tlm_phase& phase,
                                              sc_core::sc_time& delay) {
    if (phase == tlm::END_REQ) return tlm::TLM_ACCEPTED;
    SNSIM_CHECK(phase == tlm::BEGIN_RESP, "only answers travel backward on a memory stream");
    on_response_(context_, payload, detail::time_after(delay, agenda_));
    return tlm::TLM_COMPLETED;
}

void MemoryOut::invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) {
    detail::no_such_transport("memory stream", "direct memory interface");
}

void MemoryOut::end_of_elaboration() {
    tlm_initiator_socket::end_of_elaboration();
    target_ = get_base_port().operator->();
    if (auto* const peer = dynamic_cast<MemoryIn*>(target_)) {
        peer_function_ = peer->on_request_;
        peer_context_ = peer->context_;
    }
}

MemoryIn::MemoryIn(const char* name, Agenda& agenda, PayloadFunction on_request, void* context)
    : tlm_target_socket(name), agenda_(agenda), on_request_(on_request), context_(context) {
    get_base_export().bind(*this);
}

void MemoryIn::transport(Payload& payload, Picoseconds t) {
    answered_ = &payload;
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay = detail::delay_of(t - agenda_.kernel_now());
    const tlm::tlm_sync_enum done = source_->nb_transport_bw(payload, phase, delay);
    SNSIM_CHECK(done != tlm::TLM_ACCEPTED, "an initiator has to take a response at once");
}

tlm::tlm_sync_enum MemoryIn::nb_transport_fw(Payload& payload, tlm::tlm_phase& phase,
                                             sc_core::sc_time& delay) {
    if (phase == tlm::END_RESP) return tlm::TLM_COMPLETED;
    SNSIM_CHECK(phase == tlm::BEGIN_REQ, "only requests travel forward on a memory stream");
    answered_ = nullptr;
    on_request_(context_, payload, detail::time_after(delay, agenda_));
    // A response is the end of the request as well.
    if (answered_ == &payload) return tlm::TLM_ACCEPTED;
    phase = tlm::END_REQ;
    return tlm::TLM_UPDATED;
}

void MemoryIn::b_transport(Payload&, sc_core::sc_time&) {
    detail::no_such_transport("memory stream", "blocking transport");
}

bool MemoryIn::get_direct_mem_ptr(Payload&, tlm::tlm_dmi&) { return false; }

void MemoryIn::end_of_elaboration() {
    tlm_target_socket::end_of_elaboration();
    source_ = get_base_port().operator->();
    if (auto* const peer = dynamic_cast<MemoryOut*>(source_)) {
        peer_function_ = peer->on_response_;
        peer_context_ = peer->context_;
    }
}

unsigned int MemoryIn::transport_dbg(Payload&) { return 0; }

}  // namespace snsim

#include "models/base/frame_stream.h"

#include <stdexcept>
#include <string>

namespace snsim {

namespace detail {
void no_such_transport(const char* stream, const char* what) {
    throw std::logic_error(std::string("a ") + stream + " has no " + what);
}
}  // namespace detail

FrameOut::FrameOut(const char* name, Agenda& agenda, FrameFunction on_credit, void* context)
    : tlm_initiator_socket(name), agenda_(agenda), on_credit_(on_credit), context_(context) {
    get_base_export().bind(*this);
}

tlm::tlm_sync_enum FrameOut::nb_transport_bw(Frame& frame, FramePhase& phase,
                                             sc_core::sc_time& delay) {
    SNSIM_CHECK(phase == FramePhase::credit, "only credits travel backward on a frame stream");
    SNSIM_CHECK(on_credit_ != nullptr, "a credit came back to a source that counts none");
    on_credit_(context_, frame, detail::time_after(delay, agenda_));
    return tlm::TLM_ACCEPTED;
}

void FrameOut::invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) {
    detail::no_such_transport("frame stream", "direct memory interface");
}

void FrameOut::end_of_elaboration() {
    tlm_initiator_socket::end_of_elaboration();
    target_ = get_base_port().operator->();
    if (auto* const peer = dynamic_cast<FrameIn*>(target_)) {
        peer_function_ = peer->on_frame_;
        peer_context_ = peer->context_;
    }
}

FrameIn::FrameIn(const char* name, Agenda& agenda, FrameFunction on_frame, void* context)
    : tlm_target_socket(name), agenda_(agenda), on_frame_(on_frame), context_(context) {
    get_base_export().bind(*this);
}

tlm::tlm_sync_enum FrameIn::nb_transport_fw(Frame& frame, FramePhase& phase,
                                            sc_core::sc_time& delay) {
    SNSIM_CHECK(phase == FramePhase::deliver, "only deliveries travel forward on a frame stream");
    on_frame_(context_, frame, detail::time_after(delay, agenda_));
    return tlm::TLM_ACCEPTED;
}

void FrameIn::b_transport(Frame&, sc_core::sc_time&) {
    detail::no_such_transport("frame stream", "blocking transport");
}

bool FrameIn::get_direct_mem_ptr(Frame&, tlm::tlm_dmi&) {
    detail::no_such_transport("frame stream", "direct memory interface");
}

void FrameIn::end_of_elaboration() {
    tlm_target_socket::end_of_elaboration();
    source_ = get_base_port().operator->();
    if (auto* const peer = dynamic_cast<FrameOut*>(source_)) {
        peer_function_ = peer->on_credit_;
        peer_context_ = peer->context_;
    }
}

unsigned int FrameIn::transport_dbg(Frame&) {
    detail::no_such_transport("frame stream", "debug transport");
}

}  // namespace snsim

// Frame streams: the TLM-2.0 protocol by which blocks hand frames to each other.
//
// A traits class of our own over the standard TLM sockets: the payload is the Frame itself, the
// phases are `deliver` (forward) and `credit` (backward). A `deliver` at a target that has credit
// left is never refused; a source without credit waits; nothing is lost in between. The annotated
// delay carries the absolute time of the hand-over relative to the kernel's clock, and only this
// file converts between the two.
//
// Two sockets of this file that are bound to each other shorten the way once elaboration is done:
// they call each other's function with the same frame and time. Any other TLM-2.0 component (an
// adapter, a monitor) can stand between them, and then the transport interface is used.
#pragma once

#include <cstring>
#include <systemc>
#include <tlm>
#include <type_traits>

#include "models/base/agenda.h"
#include "models/base/frame.h"

namespace snsim {

enum class FramePhase : std::uint8_t { deliver, credit };

struct FrameStream {
    using tlm_payload_type = Frame;
    using tlm_phase_type = FramePhase;
};

using FrameForwardIf = tlm::tlm_fw_transport_if<FrameStream>;
using FrameBackwardIf = tlm::tlm_bw_transport_if<FrameStream>;

namespace detail {
/// The parts of the TLM interfaces that a kind of stream does not have.
[[noreturn]] void no_such_transport(const char* stream, const char* what);
/// A delay of whole picoseconds, the kernel's resolution (Dispatcher::set_time_resolution). The
/// kernel's own sc_time::from_value() is a library call and costs as much as a station.
inline sc_core::sc_time delay_of(Picoseconds delay) {
    static_assert(sizeof(sc_core::sc_time) == sizeof delay &&
                  std::is_standard_layout_v<sc_core::sc_time>);
    sc_core::sc_time result;
    std::memcpy(static_cast<void*>(&result), &delay, sizeof delay);
    return result;
}
inline Picoseconds time_after(const sc_core::sc_time& delay, const Agenda& agenda) {
    return agenda.kernel_now() + static_cast<Picoseconds>(delay.value());
}
}  // namespace detail

using FrameFunction = void (*)(void* context, Frame& frame, Picoseconds t);

class FrameIn;

/// Where a block sends frames; `on_credit` is called when the target gives a credit back.
class FrameOut : public tlm::tlm_initiator_socket<0, FrameStream>, public FrameBackwardIf {
  public:
    FrameOut(const char* name, Agenda& agenda, FrameFunction on_credit = nullptr,
             void* context = nullptr);

    void send(Frame& frame, Picoseconds t) {
        if (peer_function_ != nullptr) {
            peer_function_(peer_context_, frame, t);
            return;
        }
        FramePhase phase = FramePhase::deliver;
        sc_core::sc_time delay = detail::delay_of(t - agenda_.kernel_now());
        target_->nb_transport_fw(frame, phase, delay);
    }

  private:
    tlm::tlm_sync_enum nb_transport_bw(Frame& frame, FramePhase& phase,
                                       sc_core::sc_time& delay) override;
    void invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end) override;
    void end_of_elaboration() override;

    friend class FrameIn;

    FrameFunction peer_function_ = nullptr;
    void* peer_context_ = nullptr;
    FrameForwardIf* target_ = nullptr;
    Agenda& agenda_;
    FrameFunction on_credit_;
    void* context_;
};

/// Where a block receives frames: `on_frame` is called at delivery with the time of arrival.
class FrameIn : public tlm::tlm_target_socket<0, FrameStream>, public FrameForwardIf {
  public:
    FrameIn(const char* name, Agenda& agenda, FrameFunction on_frame, void* context);

    /// Gives the credit that the frame held back to the sender, to be used from t on.
    void return_credit(Frame& frame, Picoseconds t) {
        if (peer_function_ != nullptr) {
            peer_function_(peer_context_, frame, t);
            return;
        }
        FramePhase phase = FramePhase::credit;
        sc_core::sc_time delay = detail::delay_of(t - agenda_.kernel_now());
        source_->nb_transport_bw(frame, phase, delay);
    }

  private:
    tlm::tlm_sync_enum nb_transport_fw(Frame& frame, FramePhase& phase,
                                       sc_core::sc_time& delay) override;
    void b_transport(Frame& frame, sc_core::sc_time& delay) override;
    bool get_direct_mem_ptr(Frame& frame, tlm::tlm_dmi& dmi) override;
    unsigned int transport_dbg(Frame& frame) override;
    void end_of_elaboration() override;

    friend class FrameOut;

    FrameFunction peer_function_ = nullptr;
    void* peer_context_ = nullptr;
    FrameBackwardIf* source_ = nullptr;
    Agenda& agenda_;
    FrameFunction on_frame_;
    void* context_;
};

/// The function that calls owner.method(frame, t).
template <auto method, class Owner>
[[nodiscard]] FrameFunction frame_function() {
    return [](void* context, Frame& frame, Picoseconds t) {
        (static_cast<Owner*>(context)->*method)(frame, t);
    };
}

}  // namespace snsim

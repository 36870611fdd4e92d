// Memory streams: TLM-2.0's base protocol, by which blocks read and write each other's addresses.
//
// A request is BEGIN_REQ, which the target takes at once (END_REQ, at the same time); the response
// is BEGIN_RESP, which the initiator takes at once (TLM_COMPLETED). Any number of transactions may
// be under way. Whoever issues a transaction owns it, and owns it again when the response comes.
// Both calls carry absolute times, which may lie ahead of the agenda's present; only this file
// converts them to annotated delays.
//
// Two sockets of this file that are bound to each other call each other's function directly once
// elaboration is done. Any other TLM-2.0 component can stand between them, and then the transport
// interface is used. A data pointer may be null: the bytes are then counted, but not kept.
#pragma once

#include <memory>
#include <systemc>
#include <tlm>
#include <vector>

#include "models/base/agenda.h"
#include "models/base/frame_stream.h"

namespace snsim {

using Payload = tlm::tlm_generic_payload;

/// What a kind of bus adds to the generic payload.
template <class Info>
class PayloadInfo final : public tlm::tlm_extension<PayloadInfo<Info>> {
  public:
    Info info;

    [[nodiscard]] tlm::tlm_extension_base* clone() const override {
        auto copy = std::make_unique<PayloadInfo>();
        copy->info = info;
        return copy.release();
    }
    void copy_from(const tlm::tlm_extension_base& other) override {
        info = static_cast<const PayloadInfo&>(other).info;
    }
};

template <class Info>
[[nodiscard]] Info& info_of(Payload& payload) {
    return payload.get_extension<PayloadInfo<Info>>()->info;
}

/// Transactions of one initiator, with their `Info`, used again and again.
template <class Info>
class PayloadPool final : public tlm::tlm_mm_interface {
  public:
    PayloadPool() = default;
    PayloadPool(const PayloadPool&) = delete;
    PayloadPool& operator=(const PayloadPool&) = delete;

    /// With a fresh Info, acquired once: release() it when it is done with.
    [[nodiscard]] Payload& take(tlm::tlm_command command, std::uint64_t address,
                                std::uint32_t bytes) {
        if (free_.empty()) grow();
        Payload& payload = *free_.back();
        free_.pop_back();
        payload.set_command(command);
        payload.set_address(address);
        payload.set_data_length(bytes);
        payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
        info_of<Info>(payload) = Info{};
        payload.acquire();
        return payload;
    }
    void free(Payload* payload) override {
        payload->set_data_ptr(nullptr);
        free_.push_back(payload);
    }
    [[nodiscard]] std::size_t live() const { return all_.size() - free_.size(); }

  private:
    void grow() {
        all_.push_back(std::make_unique<Payload>(this));
        auto info = std::make_unique<PayloadInfo<Info>>();
        all_.back()->set_extension(info.release());  // the payload's from now on
        all_.back()->set_streaming_width(~0U);
        free_.push_back(all_.back().get());
    }

    std::vector<std::unique_ptr<Payload>> all_;
    std::vector<Payload*> free_;
};

using PayloadFunction = void (*)(void* context, Payload& payload, Picoseconds t);

class MemoryIn;

/// Where a block sends requests; `on_response` is called when the target has answered one.
class MemoryOut : public tlm::tlm_initiator_socket<64>, public tlm::tlm_bw_transport_if<> {
  public:
    MemoryOut(const char* name, Agenda& agenda, PayloadFunction on_response, void* context);

    /// The request reaches the target at t. The response may come before this returns.
    void request(Payload& payload, Picoseconds t) {
        if (peer_function_ != nullptr) {
            peer_function_(peer_context_, payload, t);
            return;
        }
        transport(payload, t);
    }

  private:
    void transport(Payload& payload, Picoseconds t);
    tlm::tlm_sync_enum nb_transport_bw(Payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override;
    void invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end) override;
    void end_of_elaboration() override;

    friend class MemoryIn;

    PayloadFunction peer_function_ = nullptr;
    void* peer_context_ = nullptr;
    tlm::tlm_fw_transport_if<>* target_ = nullptr;
    Agenda& agenda_;
    PayloadFunction on_response_;
    void* context_;
};

/// Where a block is asked: `on_request` is called with the time at which the request arrives.
class MemoryIn : public tlm::tlm_target_socket<64>, public tlm::tlm_fw_transport_if<> {
  public:
    MemoryIn(const char* name, Agenda& agenda, PayloadFunction on_request, void* context);

    /// Answers a request at t, also from within `on_request`.
    void respond(Payload& payload, Picoseconds t) {
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
        if (peer_function_ != nullptr) {
            peer_function_(peer_context_, payload, t);
            return;
        }
        transport(payload, t);
    }

  private:
    void transport(Payload& payload, Picoseconds t);
    tlm::tlm_sync_enum nb_transport_fw(Payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override;
    void b_transport(Payload& payload, sc_core::sc_time& delay) override;
    bool get_direct_mem_ptr(Payload& payload, tlm::tlm_dmi& dmi) override;
    unsigned int transport_dbg(Payload& payload) override;
    void end_of_elaboration() override;

    friend class MemoryOut;

    PayloadFunction peer_function_ = nullptr;
    void* peer_context_ = nullptr;
    tlm::tlm_bw_transport_if<>* source_ = nullptr;
    Agenda& agenda_;
    PayloadFunction on_request_;
    void* context_;
    const Payload* answered_ = nullptr;  ///< the latest that was
};

/// The function that calls owner.method(payload, t).
template <auto method, class Owner>
[[nodiscard]] PayloadFunction payload_function() {
    return [](void* context, Payload& payload, Picoseconds t) {
        (static_cast<Owner*>(context)->*method)(payload, t);
    };
}

/// Ends a memory stream where nothing is behind it: requests are answered as they come.
class MemoryStub {
  public:
    MemoryStub(const char* name, Agenda& agenda)
        : in(name, agenda, payload_function<&MemoryStub::answer, MemoryStub>(), this) {}

    MemoryIn in;

  private:
    void answer(Payload& payload, Picoseconds t) { in.respond(payload, t); }
};

}  // namespace snsim

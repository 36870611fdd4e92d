// The NIC's way to host memory: reads and writes of rings and frames, and interrupts, as requests
// to the DMA engine. Requests of one path are taken in their order.
#pragma once

#include <cstdint>
#include <systemc>

#include "models/base/memory_stream.h"
#include "models/base/partition.h"
#include "models/protocols/pcie_payload.h"

namespace snsim {

class HostAccess {
  public:
    /// Calls owner.method(payload, t) when a request is done: read data are there, written data
    /// have left. The payload goes back to the pool behind that.
    template <auto method, class Owner>
    static PayloadFunction tell() {
        return [](void* context, Payload& payload, Picoseconds t) {
            (static_cast<Owner*>(context)->*method)(payload, t);
            payload.release();
        };
    }

    HostAccess(const char* name, Agenda& agenda, PayloadFunction done, void* owner)
        : out(name, agenda, done, owner) {}

    MemoryOut out;

    /// `context` and `user` come back with the answer.
    void read(std::uint16_t function, std::uint64_t address, std::uint32_t bytes,
              std::uint8_t* data, void* context, std::uint32_t user, Picoseconds t) {
        send(pool_.take(tlm::TLM_READ_COMMAND, address, bytes), function, data, context, user, t);
    }
    void write(std::uint16_t function, std::uint64_t address, std::uint32_t bytes,
               std::uint8_t* data, void* context, std::uint32_t user, Picoseconds t) {
        send(pool_.take(tlm::TLM_WRITE_COMMAND, address, bytes), function, data, context, user, t);
    }
    /// The frame's bytes, which are moved by reference.
    void write_frame(std::uint16_t function, std::uint64_t address, std::uint32_t bytes,
                     Frame& frame, void* context, std::uint32_t user, Picoseconds t) {
        Payload& payload = pool_.take(tlm::TLM_WRITE_COMMAND, address, bytes);
        info_of<PcieRequest>(payload).frame = &frame;
        send(payload, function, nullptr, context, user, t);
    }
    void interrupt(std::uint16_t function, std::uint64_t address, std::uint8_t* data, void* context,
                   std::uint32_t user, Picoseconds t) {
        Payload& payload = pool_.take(tlm::TLM_WRITE_COMMAND, address, 4);
        info_of<PcieRequest>(payload).kind = PcieKind::interrupt;
        send(payload, function, data, context, user, t);
    }
    [[nodiscard]] std::size_t open() const { return pool_.live(); }

  private:
    void send(Payload& payload, std::uint16_t function, std::uint8_t* data, void* context,
              std::uint32_t user, Picoseconds t) {
        auto& info = info_of<PcieRequest>(payload);
        info.function = function;
        info.context = context;
        info.user = user;
        payload.set_data_ptr(data);
        out.request(payload, t);
    }

    PayloadPool<PcieRequest> pool_;
};

}  // namespace snsim

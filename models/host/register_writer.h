// A host's writes to the registers of its cards: posted, fire and forget.
#pragma once

#include <array>
#include <deque>
#include <vector>

#include "models/base/event_tally.h"
#include "models/base/memory_stream.h"
#include "models/protocols/byte_order.h"
#include "models/protocols/pcie_payload.h"

namespace snsim {

class RegisterWriter {
  public:
    RegisterWriter(const char* name, Agenda& agenda)
        : to_root(name, agenda, payload_function<&RegisterWriter::done, RegisterWriter>(), this) {}
    RegisterWriter(const RegisterWriter&) = delete;
    RegisterWriter& operator=(const RegisterWriter&) = delete;

    MemoryOut to_root;
    EventTally writes;

    /// Four bytes at an address of the bus, for a function of the card, at t.
    void write(std::uint64_t address, std::uint16_t function, std::uint32_t value, Picoseconds t) {
        Payload& payload = pool_.take(tlm::TLM_WRITE_COMMAND, address, 4);
        if (free_.empty()) {
            values_.emplace_back();
            free_.push_back(&values_.back());
        }
        Value* const bytes = free_.back();
        free_.pop_back();
        store_le32(bytes->data(), value);
        payload.set_data_ptr(bytes->data());
        auto& request = info_of<PcieRequest>(payload);
        request.function = function;
        request.context = bytes;
        writes.count(t);
        to_root.request(payload, t);
    }

  private:
    using Value = std::array<std::uint8_t, 4>;

    void done(Payload& payload, Picoseconds) {
        free_.push_back(static_cast<Value*>(info_of<PcieRequest>(payload).context));
        payload.release();
    }

    PayloadPool<PcieRequest> pool_;
    std::deque<Value> values_;
    std::vector<Value*> free_;
};

}  // namespace snsim

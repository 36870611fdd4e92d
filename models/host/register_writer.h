// A host's writes to the registers of its cards: posted, fire and forget.
#pragma once

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

    /// A function that its host knows to be gone is not written to.
    void set_gone(std::uint16_t function, bool gone) {
        if (gone_.size() <= function) gone_.resize(function + std::size_t{1}, 0);
        gone_[function] = gone;
    }

    /// Four bytes at an address of the bus, for a function of the card, at t.
    void write(std::uint64_t address, std::uint16_t function, std::uint32_t value, Picoseconds t) {
        if (function < gone_.size() && gone_[function] != 0) return;
        send(address, function, value, t);
    }
    /// The same, whatever its host knows.
    void send(std::uint64_t address, std::uint16_t function, std::uint32_t value, Picoseconds t) {
        writes.count(t);
        ask(tlm::TLM_WRITE_COMMAND, address, function, value, t);
    }

    /// Four bytes are read; `latest_read` then has them.
    void read(std::uint64_t address, std::uint16_t function, Picoseconds t) {
        ask(tlm::TLM_READ_COMMAND, address, function, 0, t);
    }
    std::uint32_t latest_read = 0;

  private:
    void ask(tlm::tlm_command command, std::uint64_t address, std::uint16_t function,
             std::uint32_t value, Picoseconds t) {
        Payload& payload = pool_.take(command, address, 4);
        auto& request = info_of<PcieRequest>(payload);
        store_le32(request.word.data(), value);
        payload.set_data_ptr(request.word.data());
        request.function = function;
        to_root.request(payload, t);
    }

    void done(Payload& payload, Picoseconds) {
        if (payload.is_read()) latest_read = load_le32(info_of<PcieRequest>(payload).word.data());
        payload.release();
    }

    PayloadPool<PcieRequest> pool_;
    std::vector<std::uint8_t> gone_;  ///< by function
};

}  // namespace snsim

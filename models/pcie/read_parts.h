// Reads that have more requests than the DMA engine has tags: each becomes several reads, whose
// requests are its own, and is done when the last of them is.
#pragma once

#include <algorithm>
#include <vector>

#include "models/base/memory_stream.h"
#include "models/base/ring.h"
#include "models/pcie/tlp_cursor.h"
#include "models/protocols/pcie_payload.h"

namespace snsim {

class ReadParts {
  public:
    /// `request`: most bytes of one request.
    ReadParts(std::int64_t tags, std::uint32_t request) : tags_(tags), request_(request) {}

    /// Calls each(part), in the order of addresses, with reads of up to as many requests as there
    /// are tags.
    template <class Each>
    void cut(Payload& read, Each each) {
        Whole& whole = take(read);
        TlpCursor requests =
            TlpCursor::requests(read.get_address(), read.get_data_length(), request_);
        const auto& asked = info_of<PcieRequest>(read);
        Ring<Payload*> parts;
        while (!requests.done()) {
            const std::uint64_t from = requests.address();
            for (std::int64_t i = 0; i < tags_ && !requests.done(); ++i) requests.next();
            const std::uint64_t done = from - read.get_address();
            Payload& part = pool_.take(tlm::TLM_READ_COMMAND, from,
                                       static_cast<std::uint32_t>(requests.address() - from));
            auto& info = info_of<PcieRequest>(part);
            info = asked;
            info.context = &whole;
            info.continues = asked.continues || done > 0;
            std::uint8_t* const data = read.get_data_ptr();
            part.set_data_ptr(data == nullptr ? nullptr : data + done);
            parts.push(&part);
        }
        whole.left = parts.size();
        while (!parts.empty()) each(*parts.pop());
    }
    /// The part's answer is there at t. Returns the read if it was the last one of it; t is then
    /// that of all of them.
    [[nodiscard]] Payload* finish(Payload& part, Picoseconds& t) {
        const auto& got = info_of<PcieRequest>(part);
        auto& whole = *static_cast<Whole*>(got.context);
        auto& info = info_of<PcieRequest>(*whole.read);
        if (got.frame != nullptr) info.frame = got.frame;
        info.blocked = info.blocked || got.blocked;
        whole.latest = std::max(whole.latest, t);
        part.release();
        if (--whole.left > 0) return nullptr;
        t = whole.latest;
        spare_.push_back(&whole);
        return whole.read;
    }

  private:
    struct Whole {
        Payload* read;
        std::size_t left;  ///< parts without an answer
        Picoseconds latest;
    };

    Whole& take(Payload& read) {
        if (spare_.empty()) {
            wholes_.push_back(std::make_unique<Whole>());
            spare_.push_back(wholes_.back().get());
        }
        Whole& whole = *spare_.back();
        spare_.pop_back();
        whole = {&read, 0, 0};
        return whole;
    }

    std::int64_t tags_;
    std::uint32_t request_;
    PayloadPool<PcieRequest> pool_;
    std::vector<std::unique_ptr<Whole>> wholes_;
    std::vector<Whole*> spare_;
};

}  // namespace snsim

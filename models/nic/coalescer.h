// Large receive offload of one queue: connections of which received segments are being merged, each
// in one buffer of the host's, which one completion will tell of.
//
// Which segments are merged is decided by headers (models/protocols/tcp_merge.h) and by the
// buffer's size. A run ends with its last segment (PSH, a shorter one), with a frame of its
// connection that does not go on with it, when another connection needs its place (the oldest
// goes), and when it has waited for the time of the queue's interrupt moderation since its first
// segment. A ring that is set up anew forgets its runs.
#pragma once

#include <cstdint>
#include <vector>

#include "models/base/units.h"
#include "models/protocols/nic_layout.h"
#include "models/protocols/tcp_merge.h"

namespace snsim {

class Coalescer {
  public:
    struct Session {
        std::uint64_t number;  ///< of all of the queue's
        SegmentRun run;
        RxCompletion completion;
        std::uint64_t address;  ///< of its buffer
        std::uint32_t room;     ///< bytes of it
        Picoseconds since;
    };

    explicit Coalescer(std::size_t most) : most_(most) {}

    /// That of a connection; null if there is none.
    [[nodiscard]] Session* find(const FlowKey& key) {
        for (Session& session : sessions_) {
            if (session.run.key() == key) return &session;
        }
        return nullptr;
    }
    /// The same by its number.
    [[nodiscard]] Session* find(std::uint64_t number) {
        for (Session& session : sessions_) {
            if (session.number == number) return &session;
        }
        return nullptr;
    }
    [[nodiscard]] bool is_full() const { return sessions_.size() == most_; }
    [[nodiscard]] Session& oldest() { return sessions_.front(); }
    /// There is room for it. Returns its number.
    std::uint64_t open(Session session) {
        session.number = next_number_++;
        sessions_.push_back(session);
        return session.number;
    }
    void close(const Session& session) {
        sessions_.erase(sessions_.begin() + (&session - sessions_.data()));
    }
    void forget() { sessions_.clear(); }

  private:
    std::size_t most_;
    std::vector<Session> sessions_;  ///< the oldest first
    std::uint64_t next_number_ = 0;
};

}  // namespace snsim

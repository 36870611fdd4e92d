// The line of one direction of a link: TLPs, and the data link layer's packets, which take it where
// it is free and before TLPs where it is not.
//
// What is sent of one train without a gap is one visit of its station. An idle line sleeps (L0s,
// L1) and takes its time to wake up.
#pragma once

#include <string>

#include "models/base/servers.h"
#include "models/pcie/link_format.h"
#include "models/pcie/sorted_queue.h"
#include "models/pcie/train.h"

namespace snsim {

class LinkLine {
  public:
    LinkLine(const std::string& path, const LinkParams& link);

    Station station;  ///< work in bytes, of TLPs and of DLLPs

    [[nodiscard]] BitRate rate() const { return rate_; }
    [[nodiscard]] Exact time_of(std::uint64_t bytes) const { return byte_time_ * bytes; }
    /// When what was sent last has left.
    [[nodiscard]] Picoseconds free_at() const { return free_.ps(); }

    /// When so many bytes, sent from t on, would have left.
    [[nodiscard]] Picoseconds free_after(Picoseconds t, std::uint64_t bytes) const {
        FreeTime free = free_;
        free.occupy(t, time_of(bytes));
        return free.ps();
    }

    /// When the first bit of the train's next TLP leaves, if it is to be sent at t.
    [[nodiscard]] Picoseconds begin(const Train& train, Picoseconds t) {
        if (run_.train != &train || t > run_.finish) close_run();
        return sleeps_ ? t + wake_up(t) : t;
    }
    /// Up to `most` TLPs of so many bytes each leave from `start` on, the later ones right behind
    /// the first if they start by `until`. Calls gone(t) when one has left; returns how many did.
    template <class Gone>
    std::uint32_t send(Train& train, Picoseconds start, std::uint32_t bytes, std::uint32_t most,
                       Picoseconds until, Gone gone) {
        if (run_.train == nullptr) run_ = {&train, start, 0, 0};
        const Exact each = time_of(bytes);
        FreeTime free = free_;  // a copy: it stays in registers
        std::uint32_t sent = 0;
        Picoseconds t = start;
        do {
            free.occupy(t, each);
            t = free.ps();
            ++sent;
            gone(t);
        } while (sent < most && t <= until);
        free_ = free;
        run_.finish = t;
        run_.bytes += sent * bytes;
        return sent;
    }
    /// What the replay sends again that is due then.
    void send_again(Picoseconds due, std::uint32_t bytes);
    /// A TLP leaves at `start` that comes broken, which is known so much after it has left; if
    /// others wait, more of the like follow until then. Returns when it can be sent again.
    [[nodiscard]] Picoseconds send_in_vain(Picoseconds start, std::uint32_t bytes,
                                           Picoseconds known_after, bool followed);
    /// Books what was sent of one train without a gap.
    void close_run() {
        if (run_.train != nullptr) book_run();
    }

    /// A packet of the data link layer is due at t.
    void add_packet(Picoseconds t) {
        packets_.push(t, 0, {});
        ++all_packets_;
    }
    [[nodiscard]] std::size_t packets_due() const { return packets_.size(); }
    /// When the next one is due, or never.
    [[nodiscard]] Picoseconds next_packet() const {
        return packets_.empty() ? never : packets_.time();
    }
    /// Those that are due by `until` leave.
    void send_packets(Picoseconds until) {
        if (next_packet() <= until) send_due_packets(until);
    }
    [[nodiscard]] std::uint64_t packets() const { return all_packets_; }

  private:
    struct Packet {};
    /// What was sent of one train without a gap.
    struct Run {
        Train* train = nullptr;
        Picoseconds start = 0;
        Picoseconds finish = 0;
        std::uint32_t bytes = 0;
    };

    void book_run();
    void send_due_packets(Picoseconds until);
    [[nodiscard]] Picoseconds wake_up(Picoseconds t) const;

    // parameters
    LinkPowerParams states_;
    bool sleeps_;
    BitRate rate_;
    UnitTime byte_time_;
    Exact packet_time_;

    // state
    FreeTime free_;
    Run run_;
    SortedQueue<Packet> packets_;
    std::uint64_t all_packets_ = 0;
};

}  // namespace snsim

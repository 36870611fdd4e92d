// What the applications behind an interface are to send: the frames of its traffic classes, each
// for the thread that its flow belongs to, not before its time.
//
// Threads share the flows in turn of their numbers. A frame is sent when its thread gets to it: how
// much after its time that is, Frame::late keeps. What is due waits here, up to `most` frames a
// thread; a thread that is further behind holds up all sources, as one that writes to a full pipe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/base/frame_tally.h"
#include "models/base/inputs.h"
#include "models/base/partition.h"
#include "models/base/probe.h"
#include "models/base/ring.h"
#include "models/base/traffic_source.h"
#include "models/host/host_events.h"

namespace snsim {

class Outbox : private TrafficSource::Owner {
  public:
    /// A thread that sends.
    class Sender {
      public:
        virtual ~Sender() = default;
        /// There is a frame for it from t on.
        virtual void due(Picoseconds t) = 0;
    };

    static constexpr std::size_t most = 64;

    Outbox(Partition& partition, const std::string& path);
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;

    /// Before time begins; returns the thread's number.
    std::size_t add_sender(Sender& sender);
    /// Flows are for the first `threads` from now on; without this, for all.
    void use(std::size_t threads) { in_use_ = threads; }
    void add_source(std::unique_ptr<TrafficSource> source);
    void start() { plan(partition_.agenda.now()); }
    [[nodiscard]] bool any() const { return !sources_.empty(); }
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] BlockId block() const { return block_; }

    /// The i-th frame that waits for a thread, if it is due by t; null otherwise.
    [[nodiscard]] Frame* look(std::size_t thread, Picoseconds t, std::size_t i = 0);
    /// How many frames of a thread, from the first one on and at most so many, are due by t and go
    /// together: those of a TCP connection, up to `data` bytes of it.
    [[nodiscard]] std::size_t together(std::size_t thread, Picoseconds t, Bytes data,
                                       std::size_t at_most = most);
    /// When the first one is due; never if none is known.
    [[nodiscard]] Picoseconds due_at(std::size_t thread) const {
        const Ring<Due>& waiting = waiting_[thread];
        return waiting.empty() ? never : waiting.front().t;
    }
    /// The thread sends its first frame at t.
    Frame& send(std::size_t thread, Picoseconds t);

    FrameTally offers;
    Probe<FrameSentByHost> sent;

  private:
    struct Source {
        std::unique_ptr<TrafficSource> source;
        Picoseconds ready;
    };
    struct Due {
        Frame* frame;
        Picoseconds t;
    };

    [[nodiscard]] Source& earliest();
    void ready_again(TrafficSource& source) override;
    void fill(Picoseconds t);
    void tell(Picoseconds t);
    void plan(Picoseconds now);
    void come_due();

    Partition& partition_;
    std::string path_;
    BlockId block_;
    Wake wake_;
    std::vector<Sender*> senders_;
    std::vector<Ring<Due>> waiting_;  ///< by thread
    std::vector<std::size_t> fresh_;  ///< threads that had nothing to send before
    std::vector<Source> sources_;
    std::size_t in_use_ = 0;  ///< threads; 0: all
    std::size_t full_ = 0;    ///< threads with as many frames as may wait
};

}  // namespace snsim

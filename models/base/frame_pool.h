// Where frames come from and return to, and where they wait in numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "models/base/frame.h"
#include "models/base/ring.h"
#include "models/base/zero_pages.h"

namespace snsim {

class FrameQueue;

/// Frames of one partition, recycled last in, first out so that the hot ones stay in the cache.
class FramePool {
  public:
    /// Told of the end of every journey, at t if that lies ahead of the present.
    class Listener {
      public:
        virtual ~Listener() = default;
        virtual void ended(const Frame& frame, Picoseconds t) = 0;
    };
    void listen(Listener& listener) { listener_ = &listener; }

    [[nodiscard]] Frame& take() {
        Frame& frame = take_used();
        frame.reset();
        return frame;
    }
    void release(Frame& frame, Picoseconds t = 0) {
        if (unlikely(listener_ != nullptr)) listener_->ended(frame, t);
        if (unlikely((frame.visited & Frame::later_leg) != 0)) release_legs(frame);
        put_back(frame);
    }
    /// What the frame passed so far lies behind it from now on, and it may pass stations again.
    void begin_leg(Frame& frame);
    [[nodiscard]] std::size_t live() const;

    /// Calls visit(frame) for every frame under way, in no order that a result may depend on.
    template <class Visit>
    void for_each_live(Visit visit);

  private:
    /// One large page: thousands of frames may wait, and each would need an address translated.
    static constexpr std::size_t chunk_frames = (std::size_t{2} << 20) / sizeof(Frame);
    /// One as its last user left it.
    [[nodiscard]] Frame& take_used() {
        if (free_.empty()) grow();
        Frame& frame = *free_.back();
        free_.pop_back();
        return frame;
    }
    void put_back(Frame& frame) {
        frame.visited = ~std::uint64_t{0};
        free_.push_back(&frame);
    }
    void grow();
    void release_legs(const Frame& frame);

    friend class FrameQueue;

    std::vector<ZeroPages> chunks_;
    std::deque<FrameLeg> legs_;
    std::vector<FrameLeg*> free_legs_;
    std::vector<Frame*> free_;
    std::vector<const FrameQueue*> queues_;
    Listener* listener_ = nullptr;
};

/// Frames that wait, possibly by the thousand, first come, first served.
///
/// Of one whose header is not yet written, and which passed one station so far, little is known: it
/// waits without the memory that a journey needs, which goes to others while it is in the cache.
/// Any other frame waits as it is.
class FrameQueue {
  public:
    /// For frames of this pool, which counts them as live; not to be used after the queue's end.
    explicit FrameQueue(FramePool& pool) : pool_(pool) { pool.queues_.push_back(this); }
    FrameQueue(const FrameQueue&) = delete;
    FrameQueue& operator=(const FrameQueue&) = delete;

    [[nodiscard]] bool empty() const { return waiting_.empty(); }
    [[nodiscard]] std::size_t size() const { return waiting_.size(); }

    /// Takes the frame over: it is not valid any more.
    void push(Frame& frame) {
        const bool one_station = frame.visited != 0 && (frame.visited & (frame.visited - 1)) == 0;
        const FrameHead& head = frame;
        if (frame.source == nullptr || !one_station) {
            waiting_.push({head, 0, nullptr, 0, &frame});
            return;
        }
        waiting_.push({head, frame.left[slot_of(frame)], frame.source, frame.sequence, nullptr});
        ++stored_;
        pool_.put_back(frame);  // its journey goes on
    }
    /// The first one, valid again.
    [[nodiscard]] Frame& pop() {
        const Waiting& first = waiting_.front();
        Frame* frame = first.whole;
        if (frame == nullptr) {
            frame = &pool_.take_used();
            restore(*frame, first);
            --stored_;
        }
        waiting_.drop();
        return *frame;
    }
    /// Fetches what the header of the i-th will be made of.
    void prefetch_header(std::size_t i) const {
        const Waiting& waiting = waiting_[i];
        if (waiting.source != nullptr) waiting.source->prefetch(waiting.head);
    }

  private:
    struct Waiting {
        FrameHead head;
        Picoseconds left;  ///< when it left the station that it passed
        HeaderSource* source;
        std::uint64_t sequence;
        Frame* whole;  ///< the frame, if it waits as it is
    };

    [[nodiscard]] static std::size_t slot_of(const FrameHead& head) {
        return static_cast<std::size_t>(__builtin_ctzll(head.visited));
    }
    static void restore(Frame& frame, const Waiting& from) {
        static_cast<FrameHead&>(frame) = from.head;
        frame.left[slot_of(from.head)] = from.left;
        frame.source = from.source;
        frame.sequence = from.sequence;
    }
    /// Those that have no memory in the pool.
    template <class Visit>
    void for_each_stored(Visit visit) const {
        Frame frame;
        for (std::size_t i = 0; i < waiting_.size(); ++i) {
            if (waiting_[i].whole != nullptr) continue;
            restore(frame, waiting_[i]);
            visit(frame);
        }
    }

    friend class FramePool;

    FramePool& pool_;
    Ring<Waiting> waiting_;
    std::size_t stored_ = 0;
};

inline std::size_t FramePool::live() const {
    std::size_t frames = chunks_.size() * chunk_frames - free_.size();
    for (const FrameQueue* const queue : queues_) frames += queue->stored_;
    return frames;
}

template <class Visit>
void FramePool::for_each_live(Visit visit) {
    for (const ZeroPages& chunk : chunks_) {
        auto* const frames = chunk.as<Frame>();
        for (std::size_t i = 0; i < chunk_frames; ++i) {
            if (frames[i].visited != ~std::uint64_t{0}) visit(frames[i]);
        }
    }
    for (const FrameQueue* const queue : queues_) queue->for_each_stored(visit);
}

}  // namespace snsim

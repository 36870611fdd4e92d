// Watches frames end: latency, the waterfall of station times, the ledger, the sampled trace.
//
// Everything here comes from the stamps on the frame, independently of what the stations count;
// the audit compares the two.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/asic/asic_events.h"
#include "models/base/frame.h"
#include "models/base/random.h"
#include "observers/histogram.h"
#include "observers/one_in.h"

namespace snsim {

struct Window {
    static constexpr std::size_t batches = 20;  ///< equal parts, for confidence intervals

    Picoseconds start = never;
    Picoseconds end = never;

    [[nodiscard]] bool empty() const { return end <= start; }
    [[nodiscard]] bool known() const { return start != never; }
    [[nodiscard]] bool holds(Picoseconds t) const { return t >= start && t < end; }
    /// The part of [from, to) inside the window.
    [[nodiscard]] Picoseconds clip(Picoseconds from, Picoseconds to) const {
        const Picoseconds a = from > start ? from : start;
        const Picoseconds b = to < end ? to : end;
        return b > a ? b - a : 0;
    }
    /// The batch in which t, inside the window, lies.
    [[nodiscard]] std::size_t batch_of(Picoseconds t) const {
        return static_cast<std::size_t>(static_cast<Uint128>(t - start) * batches /
                                        static_cast<Uint128>(end - start));
    }
};

class JourneyObserver {
  public:
    /// Times at one station.
    struct Residence {
        Histogram times;
        std::uint64_t sum = 0;
    };
    struct PerClass {
        Histogram latency;
        Uint128 latency_sum = 0;
        std::uint64_t cohort = 0;  ///< frames that arrived in the window and were delivered
        std::array<Residence, max_stations> residence;
    };
    struct Traced {
        std::uint16_t traffic_class;
        std::uint64_t sequence;
        Picoseconds t_in;
        Picoseconds t_out;
        std::uint32_t bytes;
        std::uint8_t in_port;
        std::uint8_t out_port;
        std::vector<std::uint8_t> slots;  ///< of the stations visited, one after the other
        std::vector<Picoseconds> left;    ///< when it left each
    };

    /// `sampled`: of the delivered frames, those that are chosen for the trace.
    JourneyObserver(std::size_t classes, std::size_t traced_max, OneIn sampled);

    /// The window is known from now on, and so is the end of the run: frames that end then or later
    /// are still under way.
    void open(const Window& window, Picoseconds run_end = never);
    /// The window ends earlier than it was opened with; what was booked beyond stays booked.
    void cut(const Window& window) {
        book_all();
        window_ = window;
    }
    /// Frames that ended before now cannot reach into a window that opens later.
    void forget_before(Picoseconds now);

    void departed(const FrameDeparted& fact) {
        delivered(fact.frame, fact.first_bit, fact.last_bit);
    }
    /// `latency_end` ends the latency; the frame is out of the system at `t`.
    void delivered(const Frame& frame, Picoseconds latency_end, Picoseconds t);
    void dropped(const FrameDropped& fact);
    /// A frame still under way when the run ended.
    void in_flight(const Frame& frame, Picoseconds run_end);

    /// Books what was gathered; call before reading anything below.
    void finish();
    [[nodiscard]] const std::vector<PerClass>& classes() const { return classes_; }
    /// Frame-picoseconds inside the window per station slot.
    [[nodiscard]] const std::array<Uint128, max_stations>& residence() const { return residence_; }
    [[nodiscard]] std::uint64_t in_flight_at_start() const { return at_start_frames_; }
    [[nodiscard]] std::uint64_t in_flight_at_end() const { return at_end_frames_; }
    [[nodiscard]] std::uint64_t in_flight_bytes_at_start() const { return at_start_bytes_; }
    [[nodiscard]] std::uint64_t in_flight_bytes_at_end() const { return at_end_bytes_; }
    [[nodiscard]] std::uint64_t unfinished() const { return unfinished_; }
    /// Frames whose station times do not add up to their latency.
    [[nodiscard]] std::uint64_t gaps() const { return gaps_; }
    [[nodiscard]] std::uint64_t checked() const { return checked_; }
    /// Sampled frames by arrival, the first traced_max.
    [[nodiscard]] const std::vector<Traced>& traced() const { return traced_; }
    [[nodiscard]] std::uint64_t traced_seen() const { return traced_seen_; }

  private:
    struct Stay {
        std::size_t slot;
        Picoseconds from;
        Picoseconds to;
    };
    /// What is kept of a frame that ended while the window is unknown.
    struct Ended {
        Picoseconds t_in;
        Picoseconds t_end;
        Picoseconds latency_end;
        std::uint64_t visited;
        std::uint32_t bytes;
        std::uint16_t traffic_class;
        bool delivered;
        Stamps left;
        std::vector<Stay> earlier;  ///< on earlier legs
    };
    /// Frames that were delivered alike, wholly inside the window, until they are booked together:
    /// one station after the other, so that only one histogram is at work at a time.
    struct Batch {
        static constexpr std::size_t size = 32;  ///< a multiple of 8
        using Column = std::array<Picoseconds, size>;
        /// A frame's time of arrival and its stamps: it was at a station from row[slot] to
        /// row[slot + 1]. Stamps of stations it did not pass are filled in before booking.
        using Row = std::array<Picoseconds, 1 + max_stations>;

        std::uint64_t visited = 0;
        std::uint16_t traffic_class = 0;
        std::size_t count = 0;
        std::size_t slots = 0;  ///< up to the last one visited
        Column latency{};
        std::array<Row, size> rows{};
    };
    static constexpr std::size_t batches = 8;

    void keep(const Frame& frame, Picoseconds latency_end, Picoseconds t);
    void keep_until_open(const Frame& frame, Picoseconds latency_end, Picoseconds t,
                         bool delivered);
    [[nodiscard]] Batch& batch_of(const Frame& frame);
    [[nodiscard]] static bool fits(const Batch& batch, const Frame& frame) {
        return batch.visited == frame.visited && batch.traffic_class == frame.traffic_class;
    }
    void book_all();
    void book(Batch& batch);
    static void fill_gaps(Batch& batch);
    void book_block(const Batch& batch, std::size_t first, PerClass& per_class);
    // Call f(stay) for each station on a journey, in order; return when the last one was left.
    template <class F>
    static Picoseconds for_each_stay(std::uint64_t visited, const Stamps& left, Picoseconds from,
                                     F& f);
    template <class F>
    static Picoseconds for_each_earlier_stay(std::uint64_t visited, const FrameLeg* earlier,
                                             Picoseconds from, F& f);
    template <class F>
    static void for_each_stay(const Frame& frame, F f);
    template <class F>
    static void for_each_stay(const Ended& ended, F f);
    template <class Journey>
    void book(const Journey& frame, Picoseconds t_end);
    template <class Journey>
    void book_latency(const Journey& frame, Picoseconds latency_end);
    /// The choice depends on nothing but the frame's name.
    [[nodiscard]] bool is_sampled(const Frame& frame) const {
        return sampled_.picks(
            RandomStream::mix(frame.sequence ^ (std::uint64_t{frame.traffic_class} << 48)));
    }
    void trace(const Frame& frame, Picoseconds t_out);

    Window window_;
    Picoseconds run_end_ = never;
    std::vector<PerClass> classes_;
    std::vector<Ended> ended_;  // while the window is unknown
    std::array<Batch, batches> batches_;
    std::size_t latest_ = 0;  // batch
    std::array<Uint128, max_stations> residence_{};
    std::uint64_t at_start_frames_ = 0;
    std::uint64_t at_end_frames_ = 0;
    std::uint64_t at_start_bytes_ = 0;
    std::uint64_t at_end_bytes_ = 0;
    std::uint64_t unfinished_ = 0;
    std::uint64_t gaps_ = 0;
    std::uint64_t checked_ = 0;
    std::size_t traced_max_;
    OneIn sampled_;
    std::vector<Traced> traced_;  // until finish() a heap, the latest on top
    std::uint64_t traced_seen_ = 0;
};

}  // namespace snsim

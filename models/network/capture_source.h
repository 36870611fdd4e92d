// A traffic class that replays a capture: its frames, in file order, as they were captured.
//
// Time: the first captured frame is due at the class's `start`, every other as long after it as in
// the capture, divided by `speed` and rounded down to a picosecond; rounding never adds up. A round
// follows the last frame of the one before by the mean gap of the capture, divided by `speed`; a
// capture without duration (one frame, or all at one time) is repeated as fast as the line takes
// it. With `rate` the frames come at the class's arrivals, and the capture's clock is not used. A
// frame left out leaves its time empty, and the segments of a frame are all due at its time.
//
// Frames: nothing is rewritten. Captures hold no FCS, so 4 B are added, and padding with zeros up
// to 64 B. Bytes missing because the capture was snapped are sent as zeros, whatever that does to
// checksums. Frames whose IP packet is beyond the MTU (Ethernet header and VLAN tags not counted)
// are dropped, kept or segmented (segmenter.h) as the class says.
//
// `flow` of a frame is its index in the capture; segments are numbered on from the last of them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/base/traffic_source.h"
#include "models/network/arrivals.h"
#include "models/network/capture_reader.h"
#include "models/network/segmenter.h"

namespace snsim {

/// What a replay makes of its capture, for the user; counts are per round.
struct ReplaySummary {
    std::uint64_t frames = 0;             ///< in the capture
    std::uint64_t sent_per_round = 0;     ///< segments count, the frames they replace do not
    std::uint64_t oversize_dropped = 0;   ///< beyond the MTU and not sent
    std::uint64_t not_segmentable = 0;    ///< of these, those that were to be segmented
    std::uint64_t segmented = 0;          ///< captured frames replaced by segments
    std::uint64_t segments = 0;           ///< what replaces them
    std::uint64_t snapped = 0;            ///< captured frames that were cut short
    std::uint64_t padded = 0;             ///< sent frames filled up to 64 B
    std::uint64_t reordered = 0;          ///< captured frames older than one before them
    std::uint64_t truncated_records = 0;  ///< left out at the end of a file that was cut

    /// One line: "587 frames captured, 580 sent per round, 7 beyond the MTU dropped".
    [[nodiscard]] std::string text() const;
};

class CaptureSource final : public TrafficSource, private HeaderSource {
  public:
    /// `capture` holds at least one frame; frames under way point into it and into the source.
    CaptureSource(const TrafficParams& params, std::uint16_t class_number, std::uint64_t seed,
                  BitRate line_rate, std::shared_ptr<const Capture> capture);

    [[nodiscard]] Picoseconds next_ready() override;
    Picoseconds fill(Frame& frame) override;

    [[nodiscard]] const ReplaySummary& summary() const { return summary_; }

  private:
    /// The capture's clock as the simulation sees it.
    class Clock {
      public:
        Clock(Picoseconds start, ReplaySpeed speed);
        /// A round follows `period` = numerator / denominator picoseconds after the one before.
        void set_period(Uint128 numerator, Uint128 denominator);
        /// The same for a time of the capture, which speed then scales.
        void set_scaled_period(Uint128 numerator_ns, Uint128 denominator);
        void next_round();
        /// When a frame of this round is due; `never` beyond the end of time.
        [[nodiscard]] Picoseconds at(std::int64_t time_ns) const;

      private:
        std::uint64_t numerator_;  // picoseconds per nanosecond of the capture
        std::uint64_t denominator_;
        Uint128 period_ = 0;
        Uint128 period_rest_ = 0;
        Uint128 period_denominator_ = 1;
        Picoseconds round_;  // start of the present one
        Uint128 rest_ = 0;
    };

    void write_header(Frame& frame) override;
    void select(const TrafficParams& params);
    void send(std::uint32_t flow);
    void set_period(BitRate line_rate);
    [[nodiscard]] const CapturedFrame& record(std::uint32_t flow) const;
    [[nodiscard]] Picoseconds due() const;

    // parameters
    std::uint16_t class_number_;
    Picoseconds stop_;
    std::uint64_t repeat_;  // 0: forever
    std::shared_ptr<const Capture> capture_;
    Segments segments_;
    std::vector<std::uint32_t> order_;  // flows of one round
    ReplaySummary summary_;

    // state
    Clock clock_;
    std::optional<Arrivals> arrivals_;
    std::size_t position_ = 0;  // in order_
    std::uint64_t round_ = 0;
    std::uint64_t sequence_ = 0;
    Picoseconds ready_ = never;
};

}  // namespace snsim

#include "models/network/capture_source.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "models/base/check.h"
#include "models/protocols/headers.h"

namespace snsim {

namespace {

constexpr std::uint32_t smallest_frame = 64;  // IEEE 802.3, 3.2.8

std::uint32_t sent_bytes(const CapturedFrame& frame) {
    return std::max(frame.original_bytes + fcs_bytes, smallest_frame);
}

/// Tags are not part of the IP packet that the MTU limits.
bool is_beyond(std::uint32_t mtu, const CapturedFrame& frame, const std::uint8_t* bytes) {
    constexpr std::uint32_t ethernet = 14;
    constexpr std::uint32_t tag = 4;
    if (frame.original_bytes <= mtu + ethernet) return false;
    ParsedHeaders parsed;
    parse(bytes, frame.captured_bytes, frame.original_bytes, parsed);
    return frame.original_bytes > mtu + ethernet + tag * parsed.vlan_tags;
}

}  // namespace

std::string ReplaySummary::text() const {
    std::string line = std::to_string(frames) + (frames == 1 ? " frame" : " frames") +
                       " captured, " + std::to_string(sent_per_round) + " sent per round";
    const auto add = [&line](std::uint64_t count, const std::string& what) {
        if (count > 0) line += ", " + std::to_string(count) + " " + what;
    };
    add(oversize_dropped - not_segmentable, "beyond the MTU dropped");
    add(segmented, "segmented into " + std::to_string(segments));
    add(not_segmentable, "beyond the MTU dropped as not segmentable");
    add(snapped, "snapped (missing bytes are sent as zeros)");
    add(padded, "padded to 64 B");
    add(reordered, "captured out of order");
    add(truncated_records, "truncated at the end of the file left out");
    return line;
}

CaptureSource::Clock::Clock(Picoseconds start, ReplaySpeed speed) : round_(start) {
    SNSIM_CHECK(speed.millionths > 0, "a replay that stands still");
    constexpr std::uint64_t ps_per_ns_in_millionths = 1'000'000'000;
    const auto millionths = static_cast<std::uint64_t>(speed.millionths);
    const std::uint64_t common = std::gcd(ps_per_ns_in_millionths, millionths);
    numerator_ = ps_per_ns_in_millionths / common;
    denominator_ = millionths / common;
}

void CaptureSource::Clock::set_period(Uint128 numerator, Uint128 denominator) {
    period_ = numerator / denominator;
    period_rest_ = numerator % denominator;
    period_denominator_ = denominator;
}

void CaptureSource::Clock::set_scaled_period(Uint128 numerator_ns, Uint128 denominator) {
    set_period(numerator_ns * numerator_, denominator * denominator_);
}

void CaptureSource::Clock::next_round() {
    Uint128 step = period_;
    rest_ += period_rest_;
    if (rest_ >= period_denominator_) {
        rest_ -= period_denominator_;
        ++step;
    }
    const auto room = static_cast<std::uint64_t>(never - round_);
    round_ = step < room ? round_ + static_cast<Picoseconds>(step) : never;
}

Picoseconds CaptureSource::Clock::at(std::int64_t time_ns) const {
    Uint128 since = static_cast<Uint128>(static_cast<std::uint64_t>(time_ns)) * numerator_;
    if (denominator_ != 1) since /= denominator_;
    const auto room = static_cast<std::uint64_t>(never - round_);
    return since < room ? round_ + static_cast<Picoseconds>(since) : never;
}

CaptureSource::CaptureSource(const TrafficParams& params, std::uint16_t class_number,
                             std::uint64_t seed, BitRate line_rate,
                             std::shared_ptr<const Capture> capture)
    : class_number_(class_number),
      stop_(params.stop ? params.stop->value : never),
      repeat_(static_cast<std::uint64_t>(params.repeat)),
      capture_(std::move(capture)),
      clock_(params.start.value, params.speed) {
    SNSIM_CHECK(capture_ != nullptr && !capture_->frames.empty(), "a capture without frames");
    select(params);
    set_period(line_rate);
    if (params.rate.has_value()) {
        arrivals_.emplace(params, line_rate, RandomStream(seed, params.name + ".arrivals"));
    }
    if (!order_.empty()) ready_ = due();
}

/// Decides which frames a round consists of.
void CaptureSource::select(const TrafficParams& params) {
    const auto mtu = static_cast<std::uint32_t>(params.mtu.value);
    const auto captured = static_cast<std::uint32_t>(capture_->frames.size());
    SNSIM_CHECK(captured == capture_->frames.size(), "more frames than flows can be numbered");
    order_.reserve(captured);
    for (std::uint32_t flow = 0; flow < captured; ++flow) {
        const CapturedFrame& frame = capture_->frames[flow];
        if (frame.captured_bytes < frame.original_bytes) ++summary_.snapped;
        if (params.oversize == Oversize::keep || !is_beyond(mtu, frame, capture_->data(frame))) {
            send(flow);
            continue;
        }
        const std::size_t before = segments_.frames.size();
        if (params.oversize == Oversize::segment &&
            segment(capture_->data(frame), frame, mtu, segments_)) {
            ++summary_.segmented;
            for (std::size_t i = before; i < segments_.frames.size(); ++i) {
                send(captured + static_cast<std::uint32_t>(i));
            }
        } else {
            ++summary_.oversize_dropped;
            if (params.oversize == Oversize::segment) ++summary_.not_segmentable;
        }
    }
    SNSIM_CHECK(captured + std::uint64_t{segments_.frames.size()} <= 0xffff'ffffu,
                "more segments than flows can be numbered");
    summary_.frames = captured;
    summary_.sent_per_round = order_.size();
    summary_.segments = segments_.frames.size();
    summary_.reordered = capture_->reordered;
    summary_.truncated_records = capture_->cut ? 1 : 0;
}

void CaptureSource::send(std::uint32_t flow) {
    order_.push_back(flow);
    if (record(flow).original_bytes + fcs_bytes < smallest_frame) ++summary_.padded;
}

void CaptureSource::set_period(BitRate line_rate) {
    const std::size_t frames = capture_->frames.size();
    const auto duration = static_cast<std::uint64_t>(capture_->frames.back().time_ns);
    if (duration > 0) {
        // The duration and one mean gap: duration x (1 + 1 / (frames - 1)).
        clock_.set_scaled_period(static_cast<Uint128>(duration) * frames, frames - 1);
        return;
    }
    std::uint64_t bytes = 0;
    for (const std::uint32_t flow : order_) bytes += sent_bytes(record(flow)) + wire_overhead_bytes;
    clock_.set_period(static_cast<Uint128>(bytes) * (8 * detail::ps_per_s),
                      static_cast<std::uint64_t>(line_rate.value));
}

const CapturedFrame& CaptureSource::record(std::uint32_t flow) const {
    const std::size_t captured = capture_->frames.size();
    return flow < captured ? capture_->frames[flow] : segments_.frames[flow - captured];
}

Picoseconds CaptureSource::due() const {
    const Picoseconds t =
        arrivals_ ? arrivals_->time() : clock_.at(record(order_[position_]).time_ns);
    return t < stop_ ? t : never;
}

Picoseconds CaptureSource::next_ready() { return ready_; }

Picoseconds CaptureSource::fill(Frame& frame) {
    const std::uint32_t flow = order_[position_];
    frame.bytes = sent_bytes(record(flow));
    frame.flow = flow;
    frame.traffic_class = class_number_;
    frame.sequence = sequence_++;
    frame.source = this;
    if (arrivals_) arrivals_->next(frame.bytes);
    if (++position_ == order_.size()) {
        position_ = 0;
        clock_.next_round();
        if (++round_ == repeat_) {
            ready_ = never;
            return ready_;
        }
    }
    ready_ = due();
    return ready_;
}

/// Two extents always do: padding goes to frames too short to have captured bytes behind the
/// header area, and padding behind missing bytes is more zeros.
void CaptureSource::write_header(Frame& frame) {
    const CapturedFrame& from = record(frame.flow);
    const bool is_segment = frame.flow >= capture_->frames.size();
    const std::uint8_t* const bytes =
        (is_segment ? segments_.bytes.data() : capture_->bytes.data()) + from.offset;
    const std::uint32_t header = std::min(from.captured_bytes, std::uint32_t{max_header_bytes});
    const std::uint32_t payload = from.captured_bytes - header;
    constexpr std::uint32_t ethernet_header = 14;
    // A frame cut off in its Ethernet header gets all of one, of zeros like the padding behind it.
    const std::uint32_t whole = std::max(header, ethernet_header);
    const std::uint32_t zeros =
        sent_bytes(from) - fcs_bytes - from.captured_bytes - (whole - header);
    if (header > 0) std::memcpy(frame.header.data(), bytes, header);
    std::fill(frame.header.data() + header, frame.header.data() + whole, std::uint8_t{0});
    frame.header_bytes = static_cast<std::uint8_t>(whole);
    frame.extent_count = 0;
    if (payload > 0) frame.extents[frame.extent_count++] = {bytes + header, 0, 0, payload};
    if (zeros > 0) frame.extents[frame.extent_count++] = {nullptr, 0, 0, zeros};
}

}  // namespace snsim

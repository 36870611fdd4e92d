#include "observers/journey_observer.h"

#include <algorithm>

namespace snsim {

namespace {
bool earlier(const JourneyObserver::Traced& a, const JourneyObserver::Traced& b) {
    if (a.t_in != b.t_in) return a.t_in < b.t_in;
    if (a.traffic_class != b.traffic_class) return a.traffic_class < b.traffic_class;
    return a.sequence < b.sequence;
}
}  // namespace

JourneyObserver::JourneyObserver(std::size_t classes, std::size_t traced_max)
    : classes_(classes), traced_max_(traced_max) {}

void JourneyObserver::open(const Window& window) {
    window_ = window;
    for (const Ended& ended : pending_) book(ended, ended.t_end);
    pending_.clear();
    pending_.shrink_to_fit();
}

void JourneyObserver::forget_before(Picoseconds now) {
    pending_.erase(std::remove_if(pending_.begin(), pending_.end(),
                                  [now](const Ended& ended) { return ended.t_end < now; }),
                   pending_.end());
}

template <class Stamps>
void JourneyObserver::book(const Stamps& frame, Picoseconds t_end) {
    if (frame.t_in >= window_.end || t_end < window_.start) return;
    if (frame.t_in < window_.start) {
        ++at_start_frames_;
        at_start_bytes_ += frame.bytes;
    }
    if (t_end >= window_.end) {
        ++at_end_frames_;
        at_end_bytes_ += frame.bytes;
    }
    Picoseconds from = frame.t_in;
    for (std::uint64_t visited = frame.visited; visited != 0; visited &= visited - 1) {
        const auto slot = static_cast<std::size_t>(__builtin_ctzll(visited));
        residence_[slot] += static_cast<std::uint64_t>(window_.clip(from, frame.left[slot]));
        from = frame.left[slot];
    }
}

void JourneyObserver::end(const Frame& frame, Picoseconds t) {
    if (window_.known()) {
        book(frame, t);
    } else {
        pending_.push_back({frame.t_in, t, frame.bytes, frame.visited, frame.left});
    }
}

void JourneyObserver::delivered(const Frame& frame, Picoseconds latency_end, Picoseconds t) {
    ++checked_;
    if (frame.residence != latency_end - frame.t_in) ++gaps_;
    end(frame, t);
    if (!window_.holds(frame.t_in)) return;
    PerClass& per_class = classes_[frame.traffic_class];
    ++per_class.cohort;
    per_class.latency.add(latency_end - frame.t_in);
    per_class.latency_sum += static_cast<std::uint64_t>(latency_end - frame.t_in);
    Picoseconds from = frame.t_in;
    for (std::uint64_t visited = frame.visited; visited != 0; visited &= visited - 1) {
        const auto slot = static_cast<std::size_t>(__builtin_ctzll(visited));
        const Picoseconds time = frame.left[slot] - from;
        from = frame.left[slot];
        per_class.residence[slot].add(time);
    }
    if (frame.sampled) trace(frame, latency_end);
}

void JourneyObserver::finish() {
    for (PerClass& per_class : classes_) {
        for (Residence& residence : per_class.residence) residence.flush();
    }
}

void JourneyObserver::dropped(const Frame& frame, Picoseconds t) { end(frame, t); }

void JourneyObserver::in_flight(const Frame& frame, Picoseconds run_end) {
    if (frame.t_in >= window_.end) return;
    if (window_.holds(frame.t_in)) ++unfinished_;
    book(frame, run_end);
    if (frame.at != Frame::no_station) {
        residence_[frame.at] += static_cast<std::uint64_t>(window_.clip(frame.entered, run_end));
    }
}

void JourneyObserver::trace(const Frame& frame, Picoseconds t_out) {
    ++traced_seen_;
    if (traced_max_ == 0) return;
    traced_.push_back({frame.traffic_class, frame.sequence, frame.t_in, t_out, frame.bytes,
                       frame.in_port, frame.out_port, frame.visited, frame.left});
    if (traced_.size() >= 2 * traced_max_) {
        std::nth_element(traced_.begin(),
                         traced_.begin() + static_cast<std::ptrdiff_t>(traced_max_), traced_.end(),
                         earlier);
        traced_.resize(traced_max_);
    }
}

std::vector<JourneyObserver::Traced> JourneyObserver::traced() const {
    std::vector<Traced> rows = traced_;
    std::sort(rows.begin(), rows.end(), earlier);
    if (rows.size() > traced_max_) rows.resize(traced_max_);
    return rows;
}

}  // namespace snsim

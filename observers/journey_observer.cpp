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
    book_all();
}

void JourneyObserver::forget_before(Picoseconds now) {
    const auto end = ended_.begin() + static_cast<std::ptrdiff_t>(ended_count_);
    const auto kept = std::remove_if(ended_.begin(), end,
                                     [now](const Ended& ended) { return ended.t_end < now; });
    ended_count_ = static_cast<std::size_t>(kept - ended_.begin());
}

void JourneyObserver::keep(const Frame& frame, Picoseconds latency_end, Picoseconds t,
                           bool delivered) {
    if (ended_count_ == ended_.size()) ended_.resize(std::max(batch, 2 * ended_count_));
    Ended& ended = ended_[ended_count_++];
    ended.t_in = frame.t_in;
    ended.t_end = t;
    ended.latency_end = latency_end;
    ended.visited = frame.visited;
    ended.bytes = frame.bytes;
    ended.traffic_class = frame.traffic_class;
    ended.delivered = delivered;
    if (frame.visited != 0) {
        const auto last = static_cast<std::size_t>(63 - __builtin_clzll(frame.visited));
        std::copy_n(frame.left.begin(), last + 1, ended.left.begin());
    }
    if (ended_count_ >= batch && window_.known()) book_all();
}

/// Books what ended: frames of one class that lie wholly inside the window and passed the same
/// stations together, all others one by one.
void JourneyObserver::book_all() {
    for (std::size_t begin = 0; begin < ended_count_; begin += batch) {
        std::array<const Ended*, batch> rows;
        std::size_t open = 0;
        const std::size_t end = std::min(begin + batch, ended_count_);
        for (std::size_t i = begin; i < end; ++i) {
            const Ended& ended = ended_[i];
            if (within(ended)) {
                rows[open++] = &ended;
                continue;
            }
            book(ended, ended.t_end);
            if (ended.delivered && window_.holds(ended.t_in)) book_latency(ended);
        }
        while (open > 0) {
            const Ended& first = *rows[0];
            const auto others =
                std::partition(rows.begin(), rows.begin() + open, [&](const Ended* row) {
                    return row->visited == first.visited && row->delivered == first.delivered &&
                           row->traffic_class == first.traffic_class;
                });
            const auto alike = static_cast<std::size_t>(others - rows.begin());
            book_alike(rows.data(), alike);
            std::copy(others, rows.begin() + open, rows.begin());
            open -= alike;
        }
    }
    ended_count_ = 0;
}

void JourneyObserver::book_alike(const Ended* const* rows, std::size_t count) {
    const Ended& first = *rows[0];
    PerClass& per_class = classes_[first.traffic_class];
    std::array<Picoseconds, batch> from;
    std::array<Picoseconds, batch> times;
    if (first.delivered) {
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const Ended& ended = *rows[i];
            times[i] = ended.latency_end - ended.t_in;
            sum += static_cast<std::uint64_t>(times[i]);
        }
        per_class.cohort += count;
        per_class.latency.add(times.data(), count, sum);
        per_class.latency_sum += sum;
    }
    for (std::size_t i = 0; i < count; ++i) from[i] = rows[i]->t_in;
    for (std::uint64_t visited = first.visited; visited != 0; visited &= visited - 1) {
        const auto slot = static_cast<std::size_t>(__builtin_ctzll(visited));
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const Picoseconds left = rows[i]->left[slot];
            times[i] = left - from[i];
            from[i] = left;
            sum += static_cast<std::uint64_t>(times[i]);
        }
        residence_[slot] += sum;
        if (!first.delivered) continue;
        per_class.residence[slot].sum += sum;
        per_class.residence[slot].times.add(times.data(), count, sum);
    }
}

/// Counts the frame at the window's edges and adds its residences, clipped to the window.
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

void JourneyObserver::book_latency(const Ended& ended) {
    PerClass& per_class = classes_[ended.traffic_class];
    ++per_class.cohort;
    per_class.latency.add(ended.latency_end - ended.t_in);
    per_class.latency_sum += static_cast<std::uint64_t>(ended.latency_end - ended.t_in);
    Picoseconds from = ended.t_in;
    for (std::uint64_t visited = ended.visited; visited != 0; visited &= visited - 1) {
        const auto slot = static_cast<std::size_t>(__builtin_ctzll(visited));
        const Picoseconds time = ended.left[slot] - from;
        from = ended.left[slot];
        per_class.residence[slot].sum += static_cast<std::uint64_t>(time);
        per_class.residence[slot].times.add(time);
    }
}

void JourneyObserver::delivered(const Frame& frame, Picoseconds latency_end, Picoseconds t) {
    ++checked_;
    if (frame.residence != latency_end - frame.t_in) ++gaps_;
    keep(frame, latency_end, t, true);
    if (frame.sampled && window_.holds(frame.t_in)) trace(frame, latency_end);
}

void JourneyObserver::finish() { book_all(); }

void JourneyObserver::dropped(const Frame& frame, Picoseconds t) { keep(frame, t, t, false); }

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

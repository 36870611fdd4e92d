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

template <class Stamps>
void JourneyObserver::book_latency(const Stamps& frame, Picoseconds latency_end) {
    PerClass& per_class = classes_[frame.traffic_class];
    ++per_class.cohort;
    per_class.latency.add(latency_end - frame.t_in);
    per_class.latency_sum += static_cast<std::uint64_t>(latency_end - frame.t_in);
    Picoseconds from = frame.t_in;
    for (std::uint64_t visited = frame.visited; visited != 0; visited &= visited - 1) {
        const auto slot = static_cast<std::size_t>(__builtin_ctzll(visited));
        const Picoseconds time = frame.left[slot] - from;
        from = frame.left[slot];
        per_class.residence[slot].sum += static_cast<std::uint64_t>(time);
        per_class.residence[slot].times.add(time);
    }
}

void JourneyObserver::open(const Window& window) {
    window_ = window;
    for (const Ended& ended : ended_) {
        book(ended, ended.t_end);
        if (ended.delivered && window_.holds(ended.t_in)) book_latency(ended, ended.latency_end);
    }
    ended_.clear();
    ended_.shrink_to_fit();
}

void JourneyObserver::forget_before(Picoseconds now) {
    ended_.erase(std::remove_if(ended_.begin(), ended_.end(),
                                [now](const Ended& ended) { return ended.t_end < now; }),
                 ended_.end());
}

void JourneyObserver::keep_until_open(const Frame& frame, Picoseconds latency_end, Picoseconds t,
                                      bool delivered) {
    ended_.push_back({frame.t_in, t, latency_end, frame.visited, frame.bytes, frame.traffic_class,
                      delivered, frame.left});
}

void JourneyObserver::keep(const Frame& frame, Picoseconds latency_end, Picoseconds t,
                           bool delivered) {
    if (unlikely(!window_.known())) {
        keep_until_open(frame, latency_end, t, delivered);
        return;
    }
    if (unlikely(frame.t_in < window_.start || t >= window_.end)) {
        book(frame, t);
        if (delivered && window_.holds(frame.t_in)) book_latency(frame, latency_end);
        return;
    }
    Batch& batch =
        fits(batches_[latest_], frame, delivered) ? batches_[latest_] : batch_of(frame, delivered);
    const std::size_t row = batch.count++;
    batch.t_in[row] = frame.t_in;
    batch.latency_end[row] = latency_end;
    Batch::Column* column = batch.left.data();
    for (const std::uint8_t slot : batch.slots) (*column++)[row] = frame.left[slot];
    if (batch.count == Batch::size) book(batch);
}

/// The batch for frames like this one; makes room if there is none.
JourneyObserver::Batch& JourneyObserver::batch_of(const Frame& frame, bool delivered) {
    std::size_t found = batches;
    std::size_t fullest = 0;
    for (std::size_t i = 0; i < batches; ++i) {
        if (fits(batches_[i], frame, delivered)) found = i;
        if (batches_[i].count > batches_[fullest].count) fullest = i;
    }
    if (found == batches) {
        found = fullest;
        for (std::size_t i = 0; i < batches; ++i) {
            if (batches_[i].count == 0) found = i;
        }
        Batch& batch = batches_[found];
        book(batch);
        batch.visited = frame.visited;
        batch.traffic_class = frame.traffic_class;
        batch.delivered = delivered;
        batch.slots.clear();
        for (std::uint64_t visited = frame.visited; visited != 0; visited &= visited - 1) {
            batch.slots.push_back(static_cast<std::uint8_t>(__builtin_ctzll(visited)));
        }
    }
    latest_ = found;
    return batches_[found];
}

void JourneyObserver::book_all() {
    for (Batch& batch : batches_) book(batch);
}

void JourneyObserver::book(Batch& batch) {
    const std::size_t count = batch.count;
    if (count == 0) return;
    batch.count = 0;
    PerClass& per_class = classes_[batch.traffic_class];
    Batch::Column times;
    // times = to - from; returns their sum.
    const auto differences = [&times, count](const Batch::Column& from, const Batch::Column& to) {
        std::int64_t sum = 0;
        for (std::size_t i = 0; i < count; ++i) {
            times[i] = to[i] - from[i];
            sum += times[i];
        }
        return static_cast<std::uint64_t>(sum);
    };
    if (batch.delivered) {
        const std::uint64_t sum = differences(batch.t_in, batch.latency_end);
        per_class.cohort += count;
        per_class.latency.add(times.data(), count, sum);
        per_class.latency_sum += sum;
    }
    const Batch::Column* from = &batch.t_in;
    for (std::size_t i = 0; i < batch.slots.size(); ++i) {
        const std::size_t slot = batch.slots[i];
        const std::uint64_t sum = differences(*from, batch.left[i]);
        from = &batch.left[i];
        residence_[slot] += sum;
        if (!batch.delivered) continue;
        per_class.residence[slot].sum += sum;
        per_class.residence[slot].times.add(times.data(), count, sum);
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

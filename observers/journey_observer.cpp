#include "observers/journey_observer.h"

#include <algorithm>
#include <cstring>

namespace snsim {

namespace {
bool earlier(const JourneyObserver::Traced& a, const JourneyObserver::Traced& b) {
    if (a.t_in != b.t_in) return a.t_in < b.t_in;
    if (a.traffic_class != b.traffic_class) return a.traffic_class < b.traffic_class;
    return a.sequence < b.sequence;
}

/// Stations booked side by side, in lanes: left to itself the compiler sees them only by luck.
constexpr std::size_t block = 4;
/// Stamps copied at once.
constexpr std::size_t line = 8;
static_assert(max_stations % line == 0 && line % block == 0);
using Lanes [[gnu::vector_size(block * sizeof(std::uint64_t))]] = std::uint64_t;

/// Calls f(i) for the rows of a batch, and for what else there is of the last eight: loops of a
/// fixed length cost half.
template <class F>
void for_each_row(std::size_t count, F f) {
    constexpr std::size_t step = 8;
    for (std::size_t first = 0; first < count; first += step) {
        for (std::size_t i = 0; i < step; ++i) f(first + i);
    }
}

/// How many slots there are up to the last one visited.
std::size_t slots_up_to_last(std::uint64_t visited) {
    return visited == 0 ? 0 : static_cast<std::size_t>(64 - __builtin_clzll(visited));
}
}  // namespace

JourneyObserver::JourneyObserver(std::size_t classes, std::size_t traced_max, OneIn sampled)
    : classes_(classes), traced_max_(traced_max), sampled_(sampled) {}

template <class F>
Picoseconds JourneyObserver::for_each_stay(std::uint64_t visited, const Stamps& left,
                                           Picoseconds from, F& f) {
    for (visited &= ~Frame::later_leg; visited != 0; visited &= visited - 1) {
        const auto slot = static_cast<std::size_t>(__builtin_ctzll(visited));
        f(Stay{slot, from, left[slot]});
        from = left[slot];
    }
    return from;
}

template <class F>
Picoseconds JourneyObserver::for_each_earlier_stay(std::uint64_t visited, const FrameLeg* earlier,
                                                   Picoseconds from, F& f) {
    if ((visited & Frame::later_leg) == 0) return from;
    from = for_each_earlier_stay(earlier->visited, earlier->earlier, from, f);
    return for_each_stay(earlier->visited, earlier->left, from, f);
}

template <class F>
void JourneyObserver::for_each_stay(const Frame& frame, F f) {
    const Picoseconds from = for_each_earlier_stay(frame.visited, frame.earlier, frame.t_in, f);
    for_each_stay(frame.visited, frame.left, from, f);
}

template <class F>
void JourneyObserver::for_each_stay(const Ended& ended, F f) {
    Picoseconds from = ended.t_in;
    for (const Stay& stay : ended.earlier) {
        f(stay);
        from = stay.to;
    }
    for_each_stay(ended.visited, ended.left, from, f);
}

/// Counts the frame at the window's edges and adds its residences, clipped to the window.
template <class Journey>
void JourneyObserver::book(const Journey& frame, Picoseconds t_end) {
    if (frame.t_in >= window_.end || t_end < window_.start) return;
    if (frame.t_in < window_.start) {
        ++at_start_frames_;
        at_start_bytes_ += frame.bytes;
    }
    if (t_end >= window_.end) {
        ++at_end_frames_;
        at_end_bytes_ += frame.bytes;
    }
    for_each_stay(frame, [this](const Stay& stay) {
        residence_[stay.slot] += static_cast<std::uint64_t>(window_.clip(stay.from, stay.to));
    });
}

template <class Journey>
void JourneyObserver::book_latency(const Journey& frame, Picoseconds latency_end) {
    PerClass& per_class = classes_[frame.traffic_class];
    ++per_class.cohort;
    per_class.latency.add(latency_end - frame.t_in);
    per_class.latency_sum += static_cast<std::uint64_t>(latency_end - frame.t_in);
    for_each_stay(frame, [&per_class](const Stay& stay) {
        Residence& residence = per_class.residence[stay.slot];
        residence.sum += static_cast<std::uint64_t>(stay.to - stay.from);
        residence.times.add(stay.to - stay.from);
    });
}

void JourneyObserver::open(const Window& window, Picoseconds run_end) {
    window_ = window;
    run_end_ = run_end;
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
    ended_.push_back({frame.t_in,
                      t,
                      latency_end,
                      frame.visited,
                      frame.bytes,
                      frame.traffic_class,
                      delivered,
                      frame.left,
                      {}});
    auto& stays = ended_.back().earlier;
    const auto keep = [&stays](const Stay& stay) { stays.push_back(stay); };
    for_each_earlier_stay(frame.visited, frame.earlier, frame.t_in, keep);
}

void JourneyObserver::keep(const Frame& frame, Picoseconds latency_end, Picoseconds t) {
    if (unlikely(!window_.known())) {
        keep_until_open(frame, latency_end, t, true);
        return;
    }
    if (unlikely(frame.t_in < window_.start || t >= window_.end ||
                 (frame.visited & Frame::later_leg) != 0)) {
        book(frame, t);
        if (window_.holds(frame.t_in)) book_latency(frame, latency_end);
        return;
    }
    Batch& batch = fits(batches_[latest_], frame) ? batches_[latest_] : batch_of(frame);
    const std::size_t index = batch.count++;
    Batch::Row& row = batch.rows[index];
    batch.latency[index] = latency_end - frame.t_in;
    row[0] = frame.t_in;
    for (std::size_t slot = 0; slot < batch.slots; slot += line) {
        std::memcpy(&row[slot + 1], &frame.left[slot], line * sizeof row[0]);
    }
    if (batch.count == Batch::size) book(batch);
}

/// The batch for frames like this one; makes room if there is none.
JourneyObserver::Batch& JourneyObserver::batch_of(const Frame& frame) {
    std::size_t found = batches;
    std::size_t fullest = 0;
    for (std::size_t i = 0; i < batches; ++i) {
        if (fits(batches_[i], frame)) found = i;
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
        batch.slots = slots_up_to_last(frame.visited);
    }
    latest_ = found;
    return batches_[found];
}

void JourneyObserver::book_all() {
    for (Batch& batch : batches_) book(batch);
}

/// Nothing was spent where a frame did not come by.
void JourneyObserver::fill_gaps(Batch& batch) {
    const std::uint64_t all = (std::uint64_t{1} << batch.slots) - 1;
    for (std::uint64_t gaps = ~batch.visited & all; gaps != 0; gaps &= gaps - 1) {
        const auto slot = static_cast<std::size_t>(__builtin_ctzll(gaps));
        for_each_row(batch.count,
                     [&](std::size_t i) { batch.rows[i][slot + 1] = batch.rows[i][slot]; });
    }
}

void JourneyObserver::book(Batch& batch) {
    if (batch.count == 0) return;
    fill_gaps(batch);
    PerClass& per_class = classes_[batch.traffic_class];
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < batch.count; ++i) {
        sum += static_cast<std::uint64_t>(batch.latency[i]);
    }
    per_class.cohort += batch.count;
    per_class.latency.add(batch.latency.data(), batch.count, sum);
    per_class.latency_sum += sum;
    for (std::size_t first = 0; first < batch.slots; first += block) {
        book_block(batch, first, per_class);
    }
    batch.count = 0;
}

/// Books the stations [first, first + block) side by side.
void JourneyObserver::book_block(const Batch& batch, std::size_t first, PerClass& per_class) {
    const auto read = [&batch, first](std::size_t i, Lanes& times) {
        Lanes came;
        std::memcpy(&came, &batch.rows[i][first], sizeof came);
        std::memcpy(&times, &batch.rows[i][first + 1], sizeof times);
        times -= came;
    };
    Lanes time;  // the first frame's
    read(0, time);
    Lanes sum = time;
    Lanes differs{};
    for (std::size_t i = 1; i < batch.count; ++i) {
        Lanes here;
        read(i, here);
        sum += here;
        differs |= here ^ time;
    }
    for (std::size_t slot = 0; slot < block; ++slot) {
        if ((batch.visited >> (first + slot) & 1) == 0) continue;
        residence_[first + slot] += sum[slot];
        Residence& residence = per_class.residence[first + slot];
        residence.sum += sum[slot];
        if (differs[slot] == 0) {
            residence.times.add(static_cast<std::int64_t>(time[slot]), batch.count);
            continue;
        }
        Batch::Column times;
        for_each_row(batch.count, [&](std::size_t i) {
            times[i] = batch.rows[i][first + slot + 1] - batch.rows[i][first + slot];
        });
        residence.times.add(times.data(), batch.count, sum[slot]);
    }
}

void JourneyObserver::delivered(const Frame& frame, Picoseconds latency_end, Picoseconds t) {
    if (unlikely(t >= run_end_)) {
        in_flight(frame, run_end_);
        return;
    }
    ++checked_;
    if (frame.residence != latency_end - frame.t_in) ++gaps_;
    keep(frame, latency_end, t);
    if (window_.holds(frame.t_in) && is_sampled(frame)) trace(frame, latency_end);
}

void JourneyObserver::finish() {
    book_all();
    std::sort_heap(traced_.begin(), traced_.end(), earlier);
}

void JourneyObserver::dropped(const FrameDropped& fact) {
    if (unlikely(!window_.known())) {
        keep_until_open(fact.frame, fact.t, fact.t, false);
    } else {
        book(fact.frame, fact.t);
    }
}

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
    Traced row{frame.traffic_class, frame.sequence, frame.t_in, t_out, frame.bytes,
               frame.in_port,       frame.out_port, {},         {}};
    if (traced_.size() == traced_max_) {
        if (!earlier(row, traced_.front())) return;
        std::pop_heap(traced_.begin(), traced_.end(), earlier);
        traced_.pop_back();
    }
    const auto stations = static_cast<std::size_t>(__builtin_popcountll(frame.visited));
    row.slots.reserve(stations);
    row.left.reserve(stations);
    for_each_stay(frame, [&row](const Stay& stay) {
        row.slots.push_back(static_cast<std::uint8_t>(stay.slot));
        row.left.push_back(stay.to);
    });
    traced_.push_back(std::move(row));
    std::push_heap(traced_.begin(), traced_.end(), earlier);
}

}  // namespace snsim

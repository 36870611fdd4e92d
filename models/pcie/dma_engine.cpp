#include "models/pcie/dma_engine.h"

#include <algorithm>

namespace snsim {

namespace {
constexpr std::uint64_t line_bytes = 64;

/// Who asked for a part of a read.
constexpr std::uint8_t part_client = 255;

std::uint64_t parts(std::uint64_t bytes, std::uint64_t size) { return (bytes + size - 1) / size; }
}  // namespace

DmaEngine::DmaEngine(const sc_core::sc_module_name& name, Partition& partition,
                     const DmaParams& params, const LinkParams& link, std::size_t clients)
    : sc_module(name),
      to_link("to_link", partition.agenda, payload_function<&DmaEngine::answered, DmaEngine>(),
              this),
      reads(std::string(this->name()) + ".reads", Frame::no_station,
            static_cast<std::uint32_t>(params.outstanding)),
      writes(std::string(this->name()) + ".writes", Frame::no_station,
             static_cast<std::uint32_t>(params.outstanding)),
      issue(std::string(this->name()) + ".issue", Frame::no_station, 1),
      read_mover(std::string(this->name()) + ".read_mover", Frame::no_station, 1),
      write_mover(std::string(this->name()) + ".write_mover", Frame::no_station, 1),
      params_(params),
      link_(link),
      cycle_(cycles(1, params.clock)),
      first_line_(issue_time(line_bytes)),
      agenda_(partition.agenda),
      block_(partition.agenda.add_block(this->name())),
      wake_(partition.agenda, block_, wake_handler<&DmaEngine::due, DmaEngine>(), this),
      places_{{CreditPool<1>(params.outstanding), CreditPool<1>(params.outstanding)}},
      tags_(params.tags),
      parts_(params.tags, static_cast<std::uint32_t>(link.mrrs.value)) {
    for (std::size_t i = 0; i < clients; ++i) {
        clients_.emplace_back(("in" + std::to_string(i)).c_str(), partition.agenda, *this,
                              static_cast<std::uint8_t>(i));
    }
    partition.stations.add(reads, {this->name(), "outstanding"});
    partition.stations.add(writes, {this->name(), "outstanding"});
    partition.stations.add(issue, {this->name(), "clock"});
    partition.stations.add(read_mover, {this->name(), "clock"});
    partition.stations.add(write_mover, {this->name(), "clock"});
}

void DmaEngine::Client::asked(void* self, Payload& payload, Picoseconds t) {
    auto& client = *static_cast<Client*>(self);
    client.engine.ask(payload, client.index, t);
}

void DmaEngine::ask(Payload& payload, std::uint8_t client, Picoseconds t) {
    SNSIM_CHECK(t >= agenda_.now(), "the DMA engine was asked in the past");
    auto& info = info_of<PcieRequest>(payload);
    info.client = client;
    info.issued = t;
    const bool cut = payload.is_read() && !info.direct && requests_of(payload) > tags_.issued();
    if (cut) {
        parts_.cut(payload, [&](Payload& part) {
            auto& of_part = info_of<PcieRequest>(part);
            of_part.client = part_client;
            take_in(part, of_part, client, t);
        });
    } else {
        take_in(payload, info, client, t);
    }
    schedule();
}

void DmaEngine::take_in(Payload& payload, PcieRequest& info, std::uint8_t client, Picoseconds t) {
    if (t > agenda_.now()) {
        coming_.push(t, client, &payload);
    } else {
        accept(payload, info, t);
    }
}

void DmaEngine::accept(Payload& payload, PcieRequest& info, Picoseconds t) {
    bytes_asked_ += payload.get_data_length();
    bytes_open_ += payload.get_data_length();
    if (is_counted(info)) {
        station_of(payload).tally.enter(t);
        asked({t});
    }
    Ring<Payload*>& waiting = waiting_[lane_of(payload)];
    if (info.direct || (waiting.empty() && may_start(payload, info, t))) {
        start(payload, info, t);
    } else {
        waiting.push(&payload);
    }
}

void DmaEngine::due() {
    agenda_.count_item();
    woken_ = false;
    const Picoseconds now = agenda_.now();
    // What was asked for first starts first, whichever lane it is in.
    for (;;) {
        Payload* first = nullptr;
        for (const Ring<Payload*>& waiting : waiting_) {
            if (waiting.empty()) continue;
            const auto& info = info_of<PcieRequest>(*waiting.front());
            if (!may_start(*waiting.front(), info, now)) continue;
            if (first == nullptr || info.issued < info_of<PcieRequest>(*first).issued) {
                first = waiting.front();
            }
        }
        if (first == nullptr) break;
        waiting_[lane_of(*first)].drop();
        start(*first, info_of<PcieRequest>(*first), now);
    }
    while (!coming_.empty() && coming_.time() <= now) {
        Payload& payload = *coming_.pop();
        accept(payload, info_of<PcieRequest>(payload), now);
    }
    schedule();
}

/// The next time at which something can start: what is asked for then, or a place or tags that
/// come back.
void DmaEngine::post_wake() {
    Picoseconds t = coming_.empty() ? never : coming_.time();
    const Picoseconds now = agenda_.now();
    for (const Lane lane : {read_lane, write_lane}) {
        if (waiting_[lane].empty()) continue;
        const Picoseconds free =
            places_[lane].can_take(now) ? tags_.next_return() : places_[lane].next_return();
        t = std::min(t, std::max(free, now));
    }
    woken_ = t != never;
    if (!woken_) {
        wake_.cancel();
    } else {
        wake_.at(t, Phase::arrival);
    }
}

std::int64_t DmaEngine::requests_of(const Payload& payload) const {
    return TlpCursor::requests(payload.get_address(), payload.get_data_length(),
                               static_cast<std::uint32_t>(link_.mrrs.value))
        .count();
}

bool DmaEngine::may_start(const Payload& payload, const PcieRequest& info, Picoseconds t) {
    if (info.kind == PcieKind::interrupt) return true;
    if (!places_[lane_of(payload)].can_take(t)) return false;
    return payload.is_write() || tags_.can_take(t, requests_of(payload));
}

Exact DmaEngine::issue_time(std::uint32_t bytes) const {
    const std::uint64_t lines = parts(bytes, line_bytes);
    return cycle_ * (static_cast<std::uint64_t>(params_.issue_cycles) +
                     static_cast<std::uint64_t>(params_.issue_line_cycles) * lines);
}

Exact DmaEngine::move_time(std::uint32_t bytes) const {
    const std::uint64_t lines = parts(bytes, line_bytes);
    const std::uint64_t chunks = parts(bytes, static_cast<std::uint64_t>(params_.chunk.value));
    return cycle_ * (static_cast<std::uint64_t>(params_.move_cycles) * chunks +
                     static_cast<std::uint64_t>(params_.move_line_cycles) * lines);
}

void DmaEngine::start(Payload& payload, PcieRequest& info, Picoseconds t) {
    if (info.direct) {
        to_link.request(payload, t + params_.direct_latency.value);
        return;
    }
    if (info.kind == PcieKind::interrupt) {
        latest_sent_ = std::max(latest_sent_, t);
        to_link.request(payload, latest_sent_);
        return;
    }
    const std::uint32_t bytes = payload.get_data_length();
    places_[lane_of(payload)].take();
    station_of(payload).tally.start(t, 1);
    const Picoseconds begin = issuing_.occupy(t, issue_time(bytes));
    issue.tally.visit(t, {begin, issuing_.ps(), issuing_.ps(), 1});
    // The next stage begins with the first line; the others take the stage's time, not the way's.
    Picoseconds ready = begin + first_line_.ps;
    if (payload.is_read()) {
        const std::int64_t tags = requests_of(payload);
        tags_.take(tags);
        tags_held_ += tags;
        most_tags_held_ = std::max(most_tags_held_, tags_held_);
    } else {
        Exact moving = move_time(bytes);
        if (moving.ps < params_.write_interval.value) {
            moving = {params_.write_interval.value, 0, moving.den};
        }
        const Picoseconds enter = ready;
        const Picoseconds from = writing_.occupy(enter, moving);
        write_mover.tally.visit(enter, {from, writing_.ps(), writing_.ps(), bytes});
        ready = writing_.ps() + params_.write_latency.value;
    }
    // What was asked for later follows on the link as well.
    latest_sent_ = std::max(latest_sent_, ready);
    to_link.request(payload, latest_sent_);
}

/// A read's data have come, or a write has left.
void DmaEngine::answered(Payload& payload, Picoseconds t) {
    const auto& info = info_of<PcieRequest>(payload);
    if (info.direct || info.kind == PcieKind::interrupt) {
        finish(payload, info, t);
        return;
    }
    if (payload.is_write()) {
        places_[write_lane].give_back(t);
        leave(payload, info, t);
        return;
    }
    const std::int64_t tags = requests_of(payload);
    tags_held_ -= tags;
    if (!fault::armed("lost_tag")) tags_.give_back(t, tags);
    const Picoseconds from = reading_.occupy(t, move_time(payload.get_data_length()));
    const Picoseconds moved = reading_.ps();
    read_mover.tally.visit(t, {from, moved, moved, payload.get_data_length()});
    const Picoseconds end = moved + params_.read_latency.value;
    places_[read_lane].give_back(end);
    leave(payload, info, end);
}

/// Gives its place up.
void DmaEngine::leave(Payload& payload, const PcieRequest& info, Picoseconds t) {
    if (!fault::armed("lost_operation")) {
        station_of(payload).tally.finish_and_leave(info.issued, t, 0);
    }
    done({info.issued, t, payload.get_data_length(), info.function, payload.is_read()});
    finish(payload, info, t);
}

void DmaEngine::finish(Payload& payload, const PcieRequest& info, Picoseconds t) {
    const std::uint32_t bytes = payload.get_data_length();
    bytes_open_ -= bytes;
    if (!fault::armed("lost_dma_bytes")) bytes_done_ += bytes;
    schedule();
    if (info.client != part_client) {
        clients_[info.client].in.respond(payload, t);
        return;
    }
    if (Payload* const whole = parts_.finish(payload, t)) {
        clients_[info_of<PcieRequest>(*whole).client].in.respond(*whole, t);
    }
}

}  // namespace snsim

#include "models/pcie/dma_engine.h"

#include <algorithm>

namespace snsim {

namespace {
constexpr std::uint64_t line_bytes = 64;
enum Lane : std::size_t { reads = 0, writes = 1 };

std::uint64_t parts(std::uint64_t bytes, std::uint64_t size) { return (bytes + size - 1) / size; }
}  // namespace

DmaEngine::DmaEngine(const sc_core::sc_module_name& name, Partition& partition,
                     const DmaParams& params, const LinkParams& link, std::size_t clients)
    : sc_module(name),
      to_link("to_link", partition.agenda, payload_function<&DmaEngine::answered, DmaEngine>(),
              this),
      places(std::string(this->name()) + ".places", Frame::no_station,
             static_cast<std::uint32_t>(params.outstanding)),
      issue(std::string(this->name()) + ".issue", Frame::no_station, 1),
      read_mover(std::string(this->name()) + ".read_mover", Frame::no_station, 1),
      write_mover(std::string(this->name()) + ".write_mover", Frame::no_station, 1),
      params_(params),
      link_(link),
      cycle_(cycles(1, params.clock)),
      agenda_(partition.agenda),
      block_(partition.agenda.add_block(this->name())),
      wake_(partition.agenda, block_, wake_handler<&DmaEngine::due, DmaEngine>(), this),
      places_(params.outstanding),
      tags_(params.tags) {
    for (std::size_t i = 0; i < clients; ++i) {
        clients_.emplace_back(("in" + std::to_string(i)).c_str(), partition.agenda, *this,
                              static_cast<std::uint8_t>(i));
    }
    partition.stations.add(places, {this->name(), "outstanding"});
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
    if (t > agenda_.now()) {
        coming_.push(t, client, &payload);
        schedule();
        return;
    }
    accept(payload, t);
    schedule();
}

void DmaEngine::accept(Payload& payload, Picoseconds t) {
    if (payload.is_read()) {
        SNSIM_CHECK(requests_of(payload) <= tags_.issued(),
                    "a read needs more tags than there are");
    }
    bytes_asked_ += payload.get_data_length();
    bytes_open_ += payload.get_data_length();
    if (!waiting_.empty() || !may_start(payload, t)) {
        waiting_.push(&payload);
        return;
    }
    start(payload, t);
}

void DmaEngine::due() {
    agenda_.count_item();
    const Picoseconds now = agenda_.now();
    while (!waiting_.empty() && may_start(*waiting_.front(), now)) start(*waiting_.pop(), now);
    while (!coming_.empty() && coming_.time() <= now) accept(*coming_.pop(), now);
    schedule();
}

/// The next time at which something can start: what is asked for then, or a place or tag that
/// comes back.
void DmaEngine::schedule() {
    Picoseconds t = coming_.empty() ? never : coming_.time();
    if (!waiting_.empty()) {
        const Picoseconds now = agenda_.now();
        const Picoseconds free =
            places_.can_take(now) ? tags_.next_return() : places_.next_return();
        t = std::min(t, std::max(free, now));
    }
    if (t == never) {
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

bool DmaEngine::may_start(Payload& payload, Picoseconds t) {
    const auto& info = info_of<PcieRequest>(payload);
    if (info.direct || info.kind == PcieKind::interrupt) return true;
    if (!places_.can_take(t)) return false;
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

void DmaEngine::start(Payload& payload, Picoseconds t) {
    auto& info = info_of<PcieRequest>(payload);
    info.started = t;
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
    places_.take();
    const Picoseconds begin = issuing_.occupy(t, issue_time(bytes));
    Picoseconds ready = issuing_.ps();
    issue.tally.visit(t, {begin, ready, ready, 1});
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
        finish(payload, t);
        return;
    }
    if (payload.is_write()) {
        places_.give_back(t, 1, writes);
        places.tally.visit(info.issued, {info.started, t, t, 1});
        finish(payload, t);
        return;
    }
    const std::int64_t tags = requests_of(payload);
    tags_held_ -= tags;
    if (!fault::armed("lost_tag")) tags_.give_back(t, tags);
    const Picoseconds from = reading_.occupy(t, move_time(payload.get_data_length()));
    const Picoseconds moved = reading_.ps();
    read_mover.tally.visit(t, {from, moved, moved, payload.get_data_length()});
    const Picoseconds end = moved + params_.read_latency.value;
    places_.give_back(end, 1, reads);
    places.tally.visit(info.issued, {info.started, end, end, 1});
    finish(payload, end);
}

void DmaEngine::finish(Payload& payload, Picoseconds t) {
    const auto& info = info_of<PcieRequest>(payload);
    const std::uint32_t bytes = payload.get_data_length();
    bytes_open_ -= bytes;
    if (!fault::armed("lost_dma_bytes")) bytes_done_ += bytes;
    if (done.heard()) done({info.issued, t, bytes, info.function, payload.is_read()});
    schedule();
    clients_[info.client].in.respond(payload, t);
}

}  // namespace snsim

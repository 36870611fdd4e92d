#include "models/pcie/link_direction.h"

#include <algorithm>

namespace snsim {

namespace {
Picoseconds time_of(std::uint64_t bytes, const LinkParams& link) {
    return (UnitTime(Bytes{1} / tlp_rate(link)) * bytes).ps;
}
}  // namespace

LinkDirection::LinkDirection(Partition& partition, BlockId block, const Settings& settings)
    : station(line_.station),
      headers_(settings.link),
      error_rate_(settings.link.error_rate.value),
      latency_(settings.link.latency.value),
      // A symbol time is that of one byte on one lane.
      interval_(
          time_of(dllp_interval(settings.link) * static_cast<std::uint64_t>(settings.link.lanes),
                  settings.link)),
      packet_way_(latency_ + time_of(dllp_bytes, settings.link)),
      told_(settings.link.dll == DllMode::events),
      agenda_(partition.agenda),
      wake_(partition.agenda, block, wake_handler<&LinkDirection::decide, LinkDirection>(), this),
      line_(settings.path, settings.link),
      flows_{{{{settings.far_end.posted_headers, settings.far_end.posted_data},
               interval_,
               packet_way_},
              {{settings.far_end.nonposted_headers, 0}, interval_, packet_way_},
              {{settings.far_end.completion_headers, settings.far_end.completion_data},
               interval_,
               packet_way_}}},
      acks_(settings.link, interval_, packet_way_, latency_),
      random_(settings.seed, settings.path),
      careful_(error_rate_ > 0 || acks_.replay.matters()) {}

void LinkDirection::send(std::size_t sender, PcieFlow flow, Payload& payload, const TlpCursor& tlps,
                         Picoseconds t, Picoseconds step) {
    SNSIM_CHECK(t >= agenda_.now(), "a transaction was sent in the past");
    Train& train = take_train();
    train.payload = &payload;
    train.info = &info_of<PcieRequest>(payload);
    train.tlps = tlps;
    train.step = step;
    const TlpCursor::Extent extent = tlps.extent();
    train.left = extent.count;
    train.last = extent.last;
    train.sent = 0;
    train.flow = flow;
    train.has_data = flow != PcieFlow::non_posted;
    train.data = train.has_data ? tlps.bytes_left() : 0;
    train.passing = false;
    train.ends = true;
    enqueue(train, sender, t);
}

void LinkDirection::pass(std::size_t sender, const Tlp& tlp, Picoseconds t) {
    tlp.payload->acquire();
    Train& train = take_train();
    train.payload = tlp.payload;
    train.info = &info_of<PcieRequest>(*tlp.payload);
    train.tlps = TlpCursor::requests(tlp.address, tlp.bytes, tlp.bytes);
    train.step = 0;
    train.left = 1;
    train.last = tlp.bytes;
    train.sent = tlp.index;
    train.flow = tlp.flow;
    train.has_data = tlp.flow != PcieFlow::non_posted;
    train.data = tlp.payload_bytes;
    train.passing = true;
    train.ends = tlp.last;
    train.came = tlp.came;
    enqueue(train, sender, t);
}

void LinkDirection::enqueue(Train& train, std::size_t sender, Picoseconds t) {
    train.entered = t;
    train.ready = t;
    train.header = header_of(train.flow);
    train.sender = static_cast<std::uint8_t>(sender);
    train.relaxed = train.info->relaxed_ordering;
    train.by_function = train.info->id_ordering;
    accepted_bytes_ += train.data;
    not_before_ = std::min(not_before_, t);
    if (!arbiter_.announce(train, t)) schedule();
}

Train& LinkDirection::take_train() {
    if (spare_.empty()) {
        trains_.push_back(std::make_unique<Train>());
        spare_.push_back(trains_.back().get());
    }
    Train& train = *spare_.back();
    spare_.pop_back();
    return train;
}

void LinkDirection::decide() {
    agenda_.count_item();
    deciding_ = true;
    advance(agenda_.now());
    deciding_ = false;
    schedule();
}

/// Starts every TLP whose start is no later than `until`.
void LinkDirection::advance(Picoseconds until) {
    for (;;) {
        Picoseconds t = std::max(line_.free_at(), not_before_);
        if (arbiter_.waiting() == 0) t = std::max(t, arbiter_.next_coming());
        if (const Picoseconds again = acks_.replay.deadline(); again <= std::min(t, until)) {
            replay();
            continue;
        }
        if (t == never || t > until) break;
        admit(t);
        line_.send_packets(t);
        if (line_.free_at() > t) continue;
        Picoseconds retry = never;
        Train* const train =
            arbiter_.next([&](const Train& candidate) { return may_go(candidate, t, retry); });
        if (train != nullptr) {
            not_before_ = 0;
            send_from(*train, t, until);
            continue;
        }
        not_before_ = std::min(retry, arbiter_.next_coming());
        if (not_before_ == never) break;  // until credit comes back
    }
    line_.close_run();
}

/// Posts the next decision: no later than the first train's last TLP can start, so that its arrival
/// is told ahead, and no later than what early TLPs cause on the other direction.
void LinkDirection::schedule() {
    if (deciding_) return;
    Picoseconds t = std::max(line_.free_at(), not_before_);
    Picoseconds due = acks_.replay.deadline();
    if (arbiter_.waiting() == 0) {
        if (arbiter_.coming() == 0 && due == never) return;
        t = std::max(t, arbiter_.next_coming());
    }
    if (t == never && due == never) {
        wake_.cancel();
        return;
    }
    if (t != never && forward_ != nullptr) {
        due = std::min(due, t);
    } else if (t != never) {
        const Picoseconds last =
            arbiter_.last_start(t, [this](const Train& train, Picoseconds earliest) {
                return start_of_last(train, earliest);
            });
        due = std::min({due, last, t + latency_ + interval_});
    }
    wake_.at(std::max(due, agenda_.now()), Phase::timer);
}

Picoseconds LinkDirection::start_of_last(const Train& train, Picoseconds earliest) const {
    if (train.left <= 1) return earliest;
    const std::uint32_t payload = train.has_data ? train.tlps.bytes_left() - train.last : 0;
    const Picoseconds sent =
        line_.free_after(earliest, std::uint64_t{train.left - 1} * train.header + payload);
    return std::max(sent, train.ready + train.step * (train.left - 1));
}

/// True if the train's next TLP can be sent at t; otherwise `retry` is no later than when to look
/// again.
bool LinkDirection::may_go(const Train& train, Picoseconds t, Picoseconds& retry) {
    if (train.ready > t) {
        retry = std::min(retry, train.ready);
        return false;
    }
    const std::uint32_t bytes = train.payload_bytes();
    ReplayBuffer& replay = acks_.replay;
    if (replay.matters() && !replay.can_take(t, train.header + bytes)) {
        retry = std::min(retry, replay.next_return(t));
        return false;
    }
    FlowControl& flow = flows_[flow_index(train.flow)];
    if (!flow.finite() || flow.credits.can_take(t, bytes)) return true;
    retry = std::min(retry, flow.credits.next_return(t));
    return false;
}

/// Sends the TLP that may start at t, and those of the train behind it as long as nobody else has a
/// say.
void LinkDirection::send_from(Train& train, Picoseconds t, Picoseconds until) {
    const bool by_itself = careful_ || forward_ != nullptr || is_watched();
    Picoseconds end = t;
    if (train.left > 1 && arbiter_.is_unrivalled(train)) {
        end = std::min({until, line_.next_packet() - 1, acks_.replay.deadline() - 1});
        end = arbiter_.unrivalled_until(train, end);
    }
    for (;;) {
        const bool last = train.left == 1;
        if (by_itself) {
            send_with_care(train, t);
        } else if (last) {
            send_last(train, t);
        } else {
            send_alike(train, end > t ? alike(train, t) : 1, t, end);
        }
        if (last) return;
        t = line_.free_at();
        if (t > end) return;
        admit(t);
        Picoseconds retry = never;
        if (!may_go(train, t, retry)) return;
    }
}

/// How many TLPs of the train are ready at t, of one size, and have credit. The last one goes
/// alone.
std::uint32_t LinkDirection::alike(const Train& train, Picoseconds t) {
    const std::uint32_t tlps = train.tlps.full();
    if (tlps < 2 || train.step > 0) return 1;
    FlowControl& flow = flows_[flow_index(train.flow)];
    return !flow.finite() || flow.credits.can_take(t, train.payload_bytes(), tlps) ? tlps : 1;
}

/// Sends up to `most` TLPs of one size from t on, the later ones if they start by `until`.
void LinkDirection::send_alike(Train& train, std::uint32_t most, Picoseconds t, Picoseconds until) {
    const std::uint32_t asked = train.tlps.bytes();
    const std::uint32_t payload = train.has_data ? asked : 0;
    FlowControl& flow = flows_[flow_index(train.flow)];
    // What leaves by then is told of by packets that are due already.
    const auto last_told = [&] {
        return std::min(told_ ? acks_.packet_at() : never,
                        flow.finite() ? flow.update_at() : never) -
               latency_;
    };
    Picoseconds told = last_told();
    Picoseconds first = 0;  // has left
    Picoseconds start = 0;  // of the latest one
    Picoseconds left = line_.begin(train, t);
    std::uint32_t drained = 0;  // so many, of which the next update tells
    const std::uint32_t sent =
        line_.send(train, left, train.header + payload, most, until, [&](Picoseconds gone) {
            first = first == 0 ? gone : first;
            start = left;
            left = gone;
            ++drained;
            if (gone <= told) return;
            const Picoseconds arrival = gone + latency_;
            if (acks_.tell(arrival, random_)) back_->dllp(acks_.packet_at());
            if (!flow.told_of(arrival)) {
                if (drained > 1) flow.give_back(payload, drained - 1);
                drained = 1;
                tell_drained(flow, arrival);
            }
            told = last_told();
        });
    if (flow.finite()) flow.credits.take(payload, sent);
    note_sent(train, sent, payload, first + latency_);
    train.tlps.next(sent * asked);
    flow.give_back(payload, drained);
    admit(start);
}

void LinkDirection::send_last(Train& train, Picoseconds t) {
    const std::uint32_t payload = train.payload_bytes();
    FlowControl& flow = flows_[flow_index(train.flow)];
    if (flow.finite()) flow.credits.take(payload);
    const Picoseconds start = line_.begin(train, t);
    line_.send(train, start, train.header + payload, 1, start, [](Picoseconds) {});
    const Picoseconds arrival = line_.free_at() + latency_;
    if (acks_.tell(arrival, random_)) back_->dllp(acks_.packet_at());
    note_sent(train, 1, payload, arrival);
    complete(train, payload, arrival);
}

/// The same for one TLP, whatever may become of it.
void LinkDirection::send_with_care(Train& train, Picoseconds t) {
    const std::uint32_t payload = train.payload_bytes();
    const std::uint32_t bytes = train.header + payload;
    FlowControl& flow = flows_[flow_index(train.flow)];
    flow.credits.take(payload);
    Picoseconds start = line_.begin(train, t);
    if (error_rate_ > 0) start = send_corrupted(train, bytes, start);
    line_.send(train, start, bytes, 1, start, [](Picoseconds) {});
    const Picoseconds arrival = line_.free_at() + latency_;
    const Tlp tlp = train.next();
    if (is_watched()) {
        TlpFact fact{start, train.payload,        tlp.address, train.sent,    payload,
                     bytes, train.info->function, train.flow,  train.relaxed, tlp.last};
        tlp_sent(fact);
        fact.t = arrival;
        tlp_received(fact);
    }
    note_sent(train, 1, payload, arrival);
    train.tlps.next();
    if (acks_.replay.matters()) acks_.replay.sent(bytes, line_.free_at());
    acknowledge(arrival);
    if (forward_ != nullptr) forward_(forward_context_, tlp, start + latency_, arrival);
    if (train.left == 0) {
        complete(train, payload, arrival);
    } else if (forward_ == nullptr) {
        tell_drained(flow, arrival);
        flow.give_back(payload);
    }
}

/// The TLP arrives broken until luck lets it pass; what follows it on the line is lost as well, and
/// all is sent again when the far end has said so. Returns when that begins.
Picoseconds LinkDirection::send_corrupted(const Train& train, std::uint32_t bytes,
                                          Picoseconds start) {
    while (random_.unit() <= error_rate_) {
        start = line_.send_in_vain(start, bytes, latency_ + packet_way_,
                                   train.left > 1 || arbiter_.waiting() > 1);
        ++replays_;
    }
    return start;
}

/// So many TLPs with so many bytes each are on their way, the first of which arrives then.
void LinkDirection::note_sent(Train& train, std::uint32_t tlps, std::uint32_t payload,
                              Picoseconds first_arrival) {
    PcieRequest& info = *train.info;
    if (train.sent == 0) info.first_arrival = first_arrival;
    if (!train.passing) {
        TlpTrain& sent = train.flow == PcieFlow::completion ? info.completion : info.request;
        if (train.sent == 0) sent = {};
        sent.count += tlps;
        sent.header_bytes += tlps * train.header;
        sent.payload_bytes += tlps * payload;
    }
    train.ready += train.step * tlps;
    train.sent += tlps;
    train.left -= tlps;
}

/// The last TLP of a train is on its way.
void LinkDirection::complete(Train& train, std::uint32_t payload, Picoseconds arrival) {
    const Picoseconds left = line_.free_at();
    line_.close_run();
    arbiter_.drop(train);
    if (train.has_data && !fault::armed("lost_tlp_bytes")) delivered_bytes_ += train.data;
    Payload& transaction = *train.payload;
    transaction.acquire();
    if (forward_ == nullptr) {
        train.info->drained = arrival;
        if (train.ends) deliver_(deliver_context_, transaction, train.flow, arrival);
        FlowControl& flow = flows_[flow_index(train.flow)];
        tell_drained(flow, std::max(train.info->drained, arrival));
        flow.give_back(payload);
    }
    if (train.passing) {
        passed_(passed_context_,
                {&transaction, 0, 0, 0, payload, train.flow, train.ends, train.came}, train.sender,
                left);
        transaction.release();
    } else if (train.flow == PcieFlow::posted && sent_ != nullptr) {
        sent_(sent_context_, transaction, left);
    }
    transaction.release();
    spare_.push_back(&train);
}

/// The far end has room again from t on, and says so.
void LinkDirection::tell_drained(FlowControl& flow, Picoseconds t) {
    if (flow.drain(t) && told_) back_->dllp(flow.update_at());
}

void LinkDirection::drained(const Tlp& tlp, Picoseconds t) {
    FlowControl& flow = flows_[flow_index(tlp.flow)];
    if (!flow.finite()) return;
    tell_drained(flow, t);
    const Picoseconds back = flow.give_back(tlp.payload_bytes);
    if (arbiter_.waiting() == 0) return;
    not_before_ = std::min(not_before_, back);
    schedule();
}

/// Where nothing waits none of the other direction's packets delays anybody.
void LinkDirection::dllp(Picoseconds t) {
    line_.add_packet(t);
    constexpr std::size_t many = 64;
    if (line_.packets_due() > many) settle();
}

void LinkDirection::settle() {
    if (arbiter_.waiting() > 0 || deciding_) return;
    line_.send_packets(std::min(agenda_.now(), arbiter_.next_coming() - 1));
}

void LinkDirection::acknowledge(Picoseconds t) {
    if (acks_.tell(t, random_)) back_->dllp(acks_.packet_at());
    const Picoseconds told = acks_.take_effect();
    if (arbiter_.waiting() > 0) not_before_ = std::min(not_before_, told);
}

/// Nothing told in time of what was sent: it goes again, and the far end tells of it once more.
void LinkDirection::replay() {
    ReplayBuffer& buffer = acks_.replay;
    line_.send_again(buffer.deadline(), buffer.open());
    ++replays_;
    buffer.replayed(line_.free_at());
    acknowledge(line_.free_at() + latency_);
}

}  // namespace snsim

#include "models/pcie/link_direction.h"

#include <algorithm>

namespace snsim {

namespace {
constexpr Picoseconds never = FlowCredits::never;

std::size_t number(PcieFlow flow) { return static_cast<std::size_t>(flow); }

/// Requests and answers of a block at the end of a link.
constexpr std::size_t usual_senders = 2;
}  // namespace

LinkDirection::LinkDirection(Partition& partition, BlockId block, const Settings& settings)
    : station(settings.path, Frame::no_station, 1),
      link_(settings.link),
      rate_(tlp_rate(settings.link)),
      headers_(settings.link),
      byte_time_(Bytes{1} / rate_),
      latency_(settings.link.latency.value),
      agenda_(partition.agenda),
      wake_(partition.agenda, block, wake_handler<&LinkDirection::decide, LinkDirection>(), this),
      senders_(usual_senders),
      credits_{{{settings.far_end.posted_headers, settings.far_end.posted_data},
                {settings.far_end.nonposted_headers, 0},
                {settings.far_end.completion_headers, settings.far_end.completion_data}}},
      // A symbol time is that of one byte on one lane.
      interval_((byte_time_ *
                 (dllp_interval(settings.link) * static_cast<std::uint64_t>(settings.link.lanes)))
                    .ps),
      acks_(interval_),
      updates_{{Coalescing(interval_), Coalescing(interval_), Coalescing(interval_)}},
      // Three times the interval (PCIe Base 5.0, 3.6.2.1), and the way there and back.
      replay_(settings.link, 3 * interval_ + 2 * latency_),
      random_(settings.seed, settings.path) {}

void LinkDirection::send(std::size_t sender, PcieFlow flow, Payload& payload, const TlpCursor& tlps,
                         Picoseconds t, Picoseconds step) {
    SNSIM_CHECK(t >= agenda_.now(), "a transaction was sent in the past");
    auto& info = info_of<PcieRequest>(payload);
    Train& train = take_train();
    train.payload = &payload;
    train.info = &info;
    train.tlps = tlps;
    train.step = step;
    const TlpCursor::Extent extent = tlps.extent();
    train.left = extent.count;
    train.last = extent.last;
    train.sent = 0;
    train.flow = flow;
    train.has_data = flow != PcieFlow::non_posted;
    train.data = train.has_data ? payload.get_data_length() : 0;
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
    const PcieFlow flow = train.flow;
    train.entered = t;
    train.ready = t;
    train.header = header_of(flow);
    train.sender = static_cast<std::uint8_t>(sender);
    train.relaxed = train.info->relaxed_ordering;
    train.by_function = train.info->id_ordering;
    accepted_bytes_ += train.data;
    coming_.push(t, static_cast<std::uint8_t>(sender * 4 + number(flow)), &train);
    not_before_ = std::min(not_before_, t);
    Picoseconds& latest = senders_[sender].latest[number(flow)];
    // Behind all others of its flow it ends no earlier than they.
    const bool behind = senders_[sender].open[number(flow)]++ > 0 && t >= latest;
    latest = std::max(latest, t);
    if (!behind) schedule();
}

void LinkDirection::set_senders(const std::vector<std::int64_t>& weights) {
    SNSIM_CHECK(weights.size() <= max_senders,
                "more senders than a link's direction has turns for");
    senders_ = std::vector<Sender>(weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i) senders_[i].weight = weights[i];
}

LinkDirection::Train& LinkDirection::take_train() {
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
        Picoseconds t = std::max(line_.ps(), not_before_);
        if (waiting_ == 0) t = coming_.empty() ? never : std::max(t, coming_.time());
        if (const Picoseconds again = replay_.deadline(); again <= std::min(t, until)) {
            replay();
            continue;
        }
        if (t == never || t > until) break;
        admit(t);
        send_dllps(t);
        if (line_.ps() > t) continue;
        Picoseconds retry = never;
        Train* const train = arbitrate(t, retry);
        if (train != nullptr) {
            not_before_ = 0;
            send_from(*train, t, until);
            continue;
        }
        if (!coming_.empty()) retry = std::min(retry, coming_.time());
        not_before_ = retry;
        if (retry == never) break;  // until credit comes back
    }
    close_run();
}

/// Those that have come by t join their queues.
void LinkDirection::admit(Picoseconds t) {
    while (!coming_.empty() && coming_.time() <= t) {
        Train& train = *coming_.pop();
        train.order = orders_++;
        Sender& sender = senders_[train.sender];
        sender.queues[number(train.flow)].push(&train);
        ++sender.waiting;
        ++waiting_;
        station.tally.enter(train.entered);
    }
}

/// Posts the next decision: no later than the first train's last TLP can start, so that its arrival
/// is told ahead, and no later than what early TLPs cause on the other direction.
void LinkDirection::schedule() {
    if (deciding_) return;
    Picoseconds t = std::max(line_.ps(), not_before_);
    const Picoseconds again = replay_.deadline();
    if (waiting_ == 0) {
        if (coming_.empty() && again == never) return;
        t = coming_.empty() ? never : std::max(t, coming_.time());
    }
    if (t == never && again == never) {
        wake_.cancel();
        return;
    }
    Picoseconds due = again;
    if (t != never) {
        due = std::min(due,
                       forward_ != nullptr ? t : std::min(last_start(t), t + latency_ + interval_));
    }
    wake_.at(std::max(due, agenda_.now()), Phase::timer);
}

/// No train's last TLP starts before this, if none does before `from`.
Picoseconds LinkDirection::last_start(Picoseconds from) const {
    const auto start_of_last = [&](const Train& train, Picoseconds earliest) {
        if (train.left <= 1) return earliest;
        const std::uint32_t payload = train.has_data ? train.tlps.bytes_left() - train.last : 0;
        const Picoseconds sending =
            (byte_time_ * (std::uint64_t{train.left - 1} * train.header + payload)).ps;
        return std::max(earliest + sending, train.ready + train.step * (train.left - 1));
    };
    Picoseconds least = never;
    for (const Sender& sender : senders_) {
        if (sender.waiting == 0) continue;
        for (const auto& queue : sender.queues) {
            if (!queue.empty()) least = std::min(least, start_of_last(*queue.front(), from));
        }
    }
    if (coming_.empty()) return least;
    constexpr std::size_t few = 8;
    if (coming_.size() > few) {  // a bound that takes less looking
        const Picoseconds first = std::max(from, coming_.time());
        return std::min(
            {least, start_of_last(*coming_.front(), first), std::max(from, coming_.second_time())});
    }
    // Of one sender's flow only the first that comes may end first, if none is there already.
    std::array<std::array<Picoseconds, 3>, max_senders> first;
    for (std::size_t i = 0; i < senders_.size(); ++i) first[i].fill(never);
    coming_.for_each([&](const Train* train, Picoseconds t) {
        Picoseconds& earliest = first[train->sender][number(train->flow)];
        earliest = std::min(earliest, t);
    });
    coming_.for_each([&](const Train* train, Picoseconds t) {
        const std::size_t flow = number(train->flow);
        if (t > first[train->sender][flow] || !senders_[train->sender].queues[flow].empty()) return;
        least = std::min(least, start_of_last(*train, std::max(from, t)));
    });
    return least;
}

/// The train whose next TLP is sent at t: senders take turns of as many TLPs as their weight.
/// `retry`: when to look again.
LinkDirection::Train* LinkDirection::arbitrate(Picoseconds t, Picoseconds& retry) {
    if (more_ > 0 && senders_[turn_].waiting > 0) {
        if (Train* const train = candidate(senders_[turn_], t, retry)) {
            --more_;
            return train;
        }
    }
    for (std::size_t i = 1; i <= senders_.size(); ++i) {
        const std::size_t turn = (turn_ + i) % senders_.size();
        if (senders_[turn].waiting == 0) continue;
        if (Train* const train = candidate(senders_[turn], t, retry)) {
            turn_ = turn;
            more_ = senders_[turn].weight - 1;
            return train;
        }
    }
    return nullptr;
}

/// Of one sender, the oldest that may go; what is younger passes only where the rules let it.
LinkDirection::Train* LinkDirection::candidate(Sender& sender, Picoseconds t, Picoseconds& retry) {
    std::array<Train*, 3> oldest;  // of each flow, by age
    std::size_t flows = 0;
    for (const auto& queue : sender.queues) {
        if (queue.empty()) continue;
        Train* const train = queue.front();
        std::size_t at = flows++;
        for (; at > 0 && oldest[at - 1]->order > train->order; --at) oldest[at] = oldest[at - 1];
        oldest[at] = train;
    }
    const auto& writes = sender.queues[number(PcieFlow::posted)];
    for (std::size_t i = 0; i < flows; ++i) {
        Train& train = *oldest[i];
        const bool behind_posted = !writes.empty() && writes.front()->order < train.order;
        if (behind_posted && !passes_posted(train, sender)) continue;
        if (passed_ == nullptr && train.sent == 0 && behind_others(train)) continue;
        if (may_go(train, t, retry)) return &train;
    }
    return nullptr;
}

/// True if another sender handed a posted train over earlier, of which no TLP has gone yet.
bool LinkDirection::behind_others(const Train& train) const {
    for (std::size_t i = 0; i < senders_.size(); ++i) {
        if (i == train.sender || senders_[i].waiting == 0) continue;
        const auto& writes = senders_[i].queues[number(PcieFlow::posted)];
        for (std::size_t k = 0; k < writes.size() && writes[k]->order < train.order; ++k) {
            if (writes[k]->sent == 0) return !passes_posted(train, senders_[i]);
        }
    }
    return false;
}

/// Only relaxed completions, and what is ordered by function against other functions' writes.
bool LinkDirection::passes_posted(const Train& train, const Sender& sender) {
    if (train.relaxed && train.flow == PcieFlow::completion) return true;
    if (!train.by_function) return false;
    const auto& writes = sender.queues[number(PcieFlow::posted)];
    for (std::size_t i = 0; i < writes.size() && writes[i]->order < train.order; ++i) {
        if (writes[i]->info->function == train.info->function) return false;
    }
    return true;
}

bool LinkDirection::may_go(const Train& train, Picoseconds t, Picoseconds& retry) {
    if (train.ready > t) {
        retry = std::min(retry, train.ready);
        return false;
    }
    FlowCredits& credits = credits_[number(train.flow)];
    const std::uint32_t bytes = train.has_data ? train.tlps.bytes() : 0;
    if (replay_.matters() && !replay_.can_take(t, train.header + bytes)) {
        retry = std::min(retry, replay_.next_return(t));
        return false;
    }
    if (credits.can_take(t, bytes)) return true;
    retry = std::min(retry, credits.next_return(t));
    return false;
}

/// True if the train's next TLP is what the arbiter would choose, could it go.
bool LinkDirection::is_unrivalled(const Train& train) const {
    const Sender& sender = senders_[train.sender];
    if (sender.waiting != waiting_) return false;
    return std::all_of(sender.queues.begin(), sender.queues.end(), [&](const auto& queue) {
        return queue.empty() || queue.front()->order >= train.order;
    });
}

/// Sends the TLP that may start at t, and those of the train behind it as long as nobody else has a
/// say.
void LinkDirection::send_from(Train& train, Picoseconds t, Picoseconds until) {
    Picoseconds end = until;
    if (!coming_.empty()) end = std::min(end, coming_.time() - 1);
    if (!dllps_due_.empty()) end = std::min(end, dllps_due_.time() - 1);
    end = std::min(end, replay_.deadline() - 1);
    if (train.left == 1 || !is_unrivalled(train)) end = t;
    for (;;) {
        const bool last = train.left == 1;
        transmit(train, alike(train, t, end), t);
        t = line_.ps();
        Picoseconds retry = never;
        if (last || t > end || !may_go(train, t, retry)) return;
    }
}

/// Sends `tlps` TLPs from t on: one, or as many as are alike().
void LinkDirection::transmit(Train& train, std::uint32_t tlps, Picoseconds t) {
    const std::uint32_t asked = train.tlps.bytes();
    const std::uint32_t payload = train.has_data ? asked : 0;
    const std::uint32_t bytes = train.header + payload;
    credits_[number(train.flow)].take(payload, tlps);
    if (run_.train != &train || t > run_.finish) close_run();
    Picoseconds start = t + wake_up(t);
    if (link_.error_rate.value > 0) start = send_corrupted(train, bytes, start);
    FreeTime first = line_;
    first.occupy(start, byte_time_ * bytes);
    line_.occupy(start, byte_time_ * (std::uint64_t{tlps} * bytes));
    if (run_.train == nullptr) run_ = {&train, start, 0, 0};
    run_.finish = line_.ps();
    run_.bytes += tlps * bytes;

    const Picoseconds arrival = line_.ps() + latency_;
    PcieRequest& info = *train.info;
    TlpTrain& sent = train.flow == PcieFlow::completion ? info.completion : info.request;
    if (train.sent == 0) info.first_arrival = first.ps() + latency_;
    if (!train.passing) {
        if (train.sent == 0) sent = {};
        sent.count += tlps;
        sent.header_bytes += tlps * train.header;
        sent.payload_bytes += tlps * payload;
    }
    if (tlp_sent.heard() || tlp_received.heard()) {
        TlpFact fact{start, train.payload, train.tlps.address(), train.sent,    payload,
                     bytes, info.function, train.flow,           train.relaxed, tlp_of(train).last};
        tlp_sent(fact);
        fact.t = arrival;
        tlp_received(fact);
    }
    if (replay_.matters()) replay_.sent(tlps * bytes, line_.ps());
    acknowledge(arrival);
    if (forward_ != nullptr) forward_(forward_context_, tlp_of(train), start + latency_, arrival);
    train.tlps.next(tlps * asked);
    train.ready += train.step * tlps;
    train.sent += tlps;
    train.left -= tlps;
    if (train.left > 0) {
        if (forward_ == nullptr) give_credit_back(train.flow, payload, arrival, tlps);
    } else {
        complete(train, payload, arrival);
    }
}

/// How many TLPs of the train can be sent from t on in one step: they start no later than `until`,
/// are of one size and ready, there is credit for them, and what they cause on the other direction
/// is told by packets of the data link layer that are due already. The last one goes alone.
std::uint32_t LinkDirection::alike(Train& train, Picoseconds t, Picoseconds until) {
    if (until == t || train.flow == PcieFlow::non_posted || train.step > 0) return 1;
    if (forward_ != nullptr || replay_.matters() || link_.error_rate.value > 0 ||
        tlp_sent.heard() || tlp_received.heard())
        return 1;
    std::uint32_t tlps = train.tlps.full();
    if (tlps < 2) return 1;
    const std::uint32_t payload = train.tlps.bytes();
    const Picoseconds each = (byte_time_ * (train.header + payload)).ps + 1;  // at most
    const Picoseconds start = t + wake_up(t);
    const std::size_t flow = number(train.flow);
    Picoseconds told = never;  // up to which arrivals need no further packet
    if (link_.dll == DllMode::events) told = acks_.at();
    if (credits_[flow].finite()) told = std::min(told, updates_[flow].at());
    const Picoseconds most = std::min(1 + (until - start) / each, (told - latency_ - start) / each);
    if (most < 2) return 1;
    tlps = static_cast<std::uint32_t>(std::min<Picoseconds>(tlps, most));
    return credits_[flow].can_take(t, payload, tlps) ? tlps : 1;
}

/// The TLP arrives broken until luck lets it pass; what follows it on the line is lost as well, and
/// all is sent again when the far end has said so. Returns when that begins.
Picoseconds LinkDirection::send_corrupted(Train& train, std::uint32_t bytes, Picoseconds start) {
    while (random_.unit() <= link_.error_rate.value) {
        close_run();
        line_.occupy(start, byte_time_ * bytes);
        Picoseconds finish = line_.ps();
        const Picoseconds told = finish + 2 * latency_ + (byte_time_ * dllp_bytes).ps;
        std::uint32_t lost = bytes;
        if (train.left > 1 || waiting_ > 1) {
            // More of the like goes out until the negative acknowledgement is there.
            const std::uint32_t more = static_cast<std::uint32_t>(
                1 + (told - finish) / std::max<Picoseconds>(1, (byte_time_ * bytes).ps));
            line_.occupy(finish, byte_time_ * (std::uint64_t{more} * bytes));
            finish = line_.ps();
            lost += more * bytes;
        }
        station.tally.enter(start);
        station.tally.serve(start, {start, finish, finish, lost}, 0);
        ++replays_;
        start = std::max(finish, told);
    }
    return start;
}

/// The last TLP of a train is on its way.
void LinkDirection::complete(Train& train, std::uint32_t payload, Picoseconds arrival) {
    const Picoseconds left = line_.ps();
    close_run();
    Sender& sender = senders_[train.sender];
    sender.queues[number(train.flow)].drop();
    --sender.open[number(train.flow)];
    --sender.waiting;
    --waiting_;
    const PcieFlow flow = train.flow;
    const bool passing = train.passing;
    const bool ends = train.ends;
    const std::size_t from = train.sender;
    const Picoseconds came = train.came;
    Payload& transaction = *train.payload;
    if (train.has_data && !fault::armed("lost_tlp_bytes")) delivered_bytes_ += train.data;
    spare_.push_back(&train);
    transaction.acquire();
    if (forward_ == nullptr) {
        PcieRequest& info = *train.info;
        info.drained = arrival;
        if (ends) deliver_(deliver_context_, transaction, flow, arrival);
        give_credit_back(flow, payload, std::max(info.drained, arrival));
    }
    if (passing) {
        passed_(passed_context_, {&transaction, 0, 0, 0, payload, flow, ends, came}, from, left);
        transaction.release();
    } else if (flow == PcieFlow::posted && sent_ != nullptr) {
        sent_(sent_context_, transaction, left);
    }
    transaction.release();
}

/// The train's next one.
Tlp LinkDirection::tlp_of(const Train& train) {
    const std::uint32_t bytes = train.tlps.bytes();
    return {
        train.payload, train.tlps.address(),          train.sent, bytes, train.has_data ? bytes : 0,
        train.flow,    train.ends && train.left == 1, 0};
}

/// Books what was sent of one train without a gap as one visit.
void LinkDirection::close_run() {
    if (run_.train == nullptr) return;
    Train& train = *run_.train;
    station.tally.serve(train.entered, {run_.start, run_.finish, run_.finish, run_.bytes}, 0);
    if (train.left > 0) {
        train.entered = run_.finish;
        station.tally.enter(run_.finish);
    }
    run_ = {};
}

void LinkDirection::dllp(Picoseconds t) {
    dllps_due_.push(t, 0, 0);
    ++dllps_;
    // Where nothing waits none of them delays anybody.
    constexpr std::size_t many = 64;
    if (dllps_due_.size() > many) settle();
}

void LinkDirection::settle() {
    if (waiting_ > 0 || deciding_) return;
    send_dllps(std::min(agenda_.now(), coming_.empty() ? never : coming_.time() - 1));
}

void LinkDirection::send_dllps(Picoseconds until) {
    while (!dllps_due_.empty() && dllps_due_.time() <= until) {
        const Picoseconds due = dllps_due_.time();
        dllps_due_.pop();
        close_run();
        const Picoseconds start = line_.occupy(due, byte_time_ * dllp_bytes);
        const Picoseconds finish = line_.ps();
        station.tally.enter(due);
        station.tally.serve(due, {start, finish, finish, dllp_bytes}, 0);
    }
}

void LinkDirection::acknowledge(Picoseconds t) {
    if (link_.dll != DllMode::events) return;
    if (acks_.tell(t)) {
        back_->dllp(acks_.at());
        ack_lost_ = link_.ack_loss.value > 0 && random_.unit() <= link_.ack_loss.value;
    }
    if (!replay_.matters() || ack_lost_) return;
    const Picoseconds told = acks_.at() + latency_ + (byte_time_ * dllp_bytes).ps;
    if (replay_.acknowledge(told) && waiting_ > 0) not_before_ = std::min(not_before_, told);
}

/// Nothing told in time of what was sent: it goes again, and the far end tells of it once more.
void LinkDirection::replay() {
    close_run();
    const std::uint32_t bytes = replay_.open();
    const Picoseconds due = replay_.deadline();
    const Picoseconds start = line_.occupy(due, byte_time_ * bytes);
    const Picoseconds finish = line_.ps();
    station.tally.enter(due);
    station.tally.serve(due, {start, finish, finish, bytes}, 0);
    ++replays_;
    replay_.replayed(finish);
    acknowledge(finish + latency_);
}

/// Of `tlps` TLPs with so many bytes each, which one update tells of.
void LinkDirection::give_credit_back(PcieFlow flow, std::uint32_t bytes, Picoseconds drained,
                                     std::uint32_t tlps) {
    FlowCredits& credits = credits_[number(flow)];
    if (!credits.finite()) {
        credits.give_back(drained, bytes, tlps);
        return;
    }
    Coalescing& updates = updates_[number(flow)];
    const bool own = updates.tell(drained);
    if (own && link_.dll == DllMode::events) back_->dllp(updates.at());
    const Picoseconds back = updates.at() + latency_ + (byte_time_ * dllp_bytes).ps;
    credits.give_back(back, bytes, tlps);
    if (waiting_ > 0) {
        not_before_ = std::min(not_before_, back);
        schedule();
    }
}

/// From a sleep that the line fell into since it was used last.
Picoseconds LinkDirection::wake_up(Picoseconds t) const {
    const Picoseconds idle = t - line_.ps();
    const LinkPowerParams& states = link_.power_states;
    if (states.l1_after && idle > states.l1_after->value) return states.l1_exit.value;
    if (states.l0s_after && idle > states.l0s_after->value) return states.l0s_exit.value;
    return 0;
}

std::uint64_t LinkDirection::waiting_bytes() const {
    std::uint64_t bytes = 0;
    coming_.for_each([&](const Train* train, Picoseconds) { bytes += train->data; });
    for (const Sender& sender : senders_) {
        for (const auto& queue : sender.queues) {
            for (std::size_t i = 0; i < queue.size(); ++i) {
                bytes += queue[i]->data;
            }
        }
    }
    return bytes;
}

}  // namespace snsim

#include "models/asic/traffic_manager.h"

#include <algorithm>

namespace snsim {

TrafficManager::TrafficManager(const sc_core::sc_module_name& name, Partition& partition,
                               const Build& build)
    : sc_module(name),
      from_ingress(
          "from_ingress", partition.agenda,
          input_function<&TrafficManager::input_, &TrafficManager::arrive, TrafficManager>(), this),
      to_egress("to_egress", partition.agenda,
                frame_function<&TrafficManager::context_credit, TrafficManager>(), this),
      credit_latency_(build.credit_latency.value),
      partition_(partition),
      block_(partition.agenda.add_block(this->name())),
      place_(partition.add_place(this->name())),
      input_(partition.agenda, block_, InputKind::agenda_point,
             frame_handler<&TrafficManager::arrive, TrafficManager>(), this,
             ahead_handler<&TrafficManager::pass_straight, TrafficManager>()),
      wake_(partition.agenda, block_, wake_handler<&TrafficManager::wake_up, TrafficManager>(),
            this),
      queues_(queues_of(build)),
      contexts_(static_cast<std::size_t>(build.contexts)),
      station_(this->name(), partition.stations.next_slot(), 0) {
    partition.stations.add(station_);
}

std::vector<PortQueues> TrafficManager::queues_of(const Build& build) {
    std::vector<PortQueues> queues;
    const std::size_t sources = build.functions.empty() ? 1 : 2;
    for (std::size_t port = 0; port < build.tx_fifo.size(); ++port) {
        const bool host = port == host_port;
        const Bytes limit = host ? build.params.host_queue_limit : build.params.queue_limit;
        // To the host frames go on as they are read out: half the FIFO is ahead of the DMA engine.
        const Bytes held{build.tx_fifo[port].value / (host ? 2 : 1)};
        PortQueues::Build queue{limit.value / build.cell.value,
                                build.tx_fifo[port],
                                held,
                                host ? build.functions : std::vector<PortQueues::Share>(sources),
                                build.params.host_quantum,
                                sources > 1 && !host};
        if (host) queue.room = build.params.host_buffer.value / build.cell.value;
        queues.emplace_back(queue);
    }
    return queues;
}

void TrafficManager::drop(Frame& frame, DropReason reason, Picoseconds t) {
    dropped_here({frame, reason, t});
    release.give_back(frame, t + credit_latency_);
    partition_.agenda.frames().release(frame, t);
}

bool TrafficManager::pass_straight(Frame& frame, Picoseconds t) {
    if (frame.drop_reason != 0 || !nobody_waits()) return false;
    PortQueues& queues = queues_[frame.out_port];
    CreditPool<>& cells = queues.cells(frame);
    if (!cells.can_take(t, frame.cells) || !queues.tx.can_take(t, queues.tx_bytes(frame)) ||
        !has_context(t) || !queues.conforms(frame, t)) {
        return false;
    }
    queues.count(frame, t);
    cells.take(frame.cells);
    station_.visit(frame, t, {t, t, t, frame.cells});
    issue(frame.out_port, frame, t);
    return true;
}

void TrafficManager::arrive(Frame& frame, Picoseconds t) {
    if (pass_straight(frame, t)) return;
    if (frame.drop_reason != 0) {
        drop(frame, static_cast<DropReason>(frame.drop_reason), t);
        return;
    }
    PortQueues& queues = queues_[frame.out_port];
    CreditPool<>& cells = queues.cells(frame);
    const bool conforms = queues.conforms(frame, t);
    if (!conforms || !queues.has_room(frame, t)) {
        frame.drop_place = place_;
        drop(frame, conforms ? DropReason::queue_full : DropReason::rate_limit, t);
        return;
    }
    queues.count(frame, t);
    cells.take(frame.cells);
    station_.enter(frame, t);
    entered_.push(t);
    queues.push(frame);
    dispatch(t);
}

void TrafficManager::dispatch(Picoseconds t) {
    const std::size_t ports = queues_.size();
    for (;;) {
        std::size_t chosen = ports;
        for (std::size_t i = 0; i < ports && chosen == ports; ++i) {
            const std::size_t port = (turn_ + i) % ports;
            PortQueues& queues = queues_[port];
            if (!queues.empty() && queues.tx.can_take(t, queues.tx_bytes(queues.front()))) {
                chosen = port;
            }
        }
        if (chosen == ports || !has_context(t)) break;
        Frame& frame = queues_[chosen].front();
        queues_[chosen].pop();
        station_.serve_overtaking(frame, {t, t, t, frame.cells}, entered_.pop());
        issue(chosen, frame, t);
    }
    wait_for_credit(t);
}

/// The port's turn: the frame takes its credits and goes.
void TrafficManager::issue(std::size_t port, Frame& frame, Picoseconds t) {
    turn_ = port + 1 == queues_.size() ? 0 : port + 1;
    PortQueues& queues = queues_[port];
    contexts_.take();
    ++issued_;
    queues.tx.take(queues.tx_bytes(frame));
    queues.cells(frame).give_back(t + credit_latency_, frame.cells);
    to_egress.send(frame, t);
}

/// The next moment at which a frame may go, as far as it is known; credits that come back later
/// bring their own.
void TrafficManager::wait_for_credit(Picoseconds t) {
    Picoseconds next = never;
    for (PortQueues& queues : queues_) {
        if (queues.empty()) continue;
        const bool has_tx = queues.tx.can_take(t, queues.tx_bytes(queues.front()));
        const Picoseconds tx = has_tx ? t : queues.tx.next_return();
        if (tx == never || !contexts_.known()) continue;
        next = std::min(next, std::max(tx, contexts_.free_at()));
    }
    if (next != never) wake_at(next);
}

void TrafficManager::wake_at(Picoseconds t) {
    if (!wake_.pending() || wake_.due() > t) wake_.at(t, Phase::departure);
}

void TrafficManager::wake_up() { dispatch(partition_.agenda.now()); }

void TrafficManager::transmit_credit(Frame& frame, Picoseconds t) {
    PortQueues& queues = queues_[frame.out_port];
    queues.tx.give_back(t, queues.tx_bytes(frame));
    if (!queues.empty()) wake_at(t);
}

void TrafficManager::context_credit(Frame&, Picoseconds t) {
    contexts_.leave(t);
    if (!nobody_waits()) wake_at(t);
}

}  // namespace snsim

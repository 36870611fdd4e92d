#include "models/base/queue_server.h"

#include <utility>

namespace snsim {

QueueServer::QueueServer(std::string path, Partition& partition, BlockId block, std::size_t queues,
                         std::unique_ptr<Scheduler> scheduler)
    : station(std::move(path), partition.stations.next_slot(), 1),
      scheduler_(std::move(scheduler)),
      agenda_(partition.agenda),
      free_(partition.agenda, block, wake_handler<&QueueServer::choose, QueueServer>(), this),
      queues_(queues),
      heads_(queues, 0) {}

void QueueServer::arrive(Frame& frame, Picoseconds t, std::size_t queue, const Exact& service) {
    const Waiting arrival{&frame, t, service};
    station.enter(frame, t);
    entered_.push(t);
    if (waiting_ == 0 && server_.ps() <= t) {
        start(queue, arrival, t);
        return;
    }
    if (queues_[queue].empty()) heads_[queue] = frame.bytes;
    queues_[queue].push(arrival);
    if (++waiting_ == 1) free_.at(server_.ps(), Phase::departure);
}

void QueueServer::start(std::size_t queue, const Waiting& next, Picoseconds t) {
    const Picoseconds begin = server_.occupy(t, next.service);
    const Served served{begin, server_.ps(), server_.ps(), next.frame->bytes};
    station.serve_overtaking(*next.frame, served, entered_.pop());
    left({queue, *next.frame, {next.enter, served}});
}

/// The server is free and somebody waits.
void QueueServer::choose() {
    agenda_.count_item();
    const std::size_t queue = scheduler_->next(heads_);
    const Waiting next = queues_[queue].pop();
    heads_[queue] = queues_[queue].empty() ? 0 : queues_[queue].front().frame->bytes;
    --waiting_;
    start(queue, next, agenda_.now());
    if (waiting_ > 0) free_.at(server_.ps(), Phase::departure);
}

}  // namespace snsim

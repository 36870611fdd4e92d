#include "models/pcie/link_line.h"

#include <algorithm>

namespace snsim {

LinkLine::LinkLine(const std::string& path, const LinkParams& link)
    : station(path, Frame::no_station, 1),
      states_(link.power_states),
      sleeps_(states_.l0s_after || states_.l1_after),
      rate_(tlp_rate(link)),
      byte_time_(Bytes{1} / rate_),
      packet_time_(byte_time_ * dllp_bytes) {}

void LinkLine::book_run() {
    Train& train = *run_.train;
    station.tally.serve(train.entered, {run_.start, run_.finish, run_.finish, run_.bytes}, 0);
    if (train.left > 0) {
        train.entered = run_.finish;
        station.tally.enter(run_.finish);
    }
    run_.train = nullptr;
}

void LinkLine::send_due_packets(Picoseconds until) {
    close_run();
    do {
        const Picoseconds due = packets_.time();
        (void)packets_.pop();
        const Picoseconds start = free_.occupy(due, packet_time_);
        const Picoseconds finish = free_.ps();
        station.tally.visit_to_the_end(due, {start, finish, finish, dllp_bytes});
    } while (next_packet() <= until);
}

void LinkLine::send_again(Picoseconds due, std::uint32_t bytes) {
    close_run();
    const Picoseconds start = free_.occupy(due, time_of(bytes));
    const Picoseconds finish = free_.ps();
    station.tally.visit_to_the_end(due, {start, finish, finish, bytes});
}

Picoseconds LinkLine::send_in_vain(Picoseconds start, std::uint32_t bytes, Picoseconds known_after,
                                   bool followed) {
    close_run();
    const Exact each = time_of(bytes);
    free_.occupy(start, each);
    Picoseconds finish = free_.ps();
    const Picoseconds known = finish + known_after;
    std::uint32_t lost = bytes;
    if (followed) {
        const auto more =
            static_cast<std::uint32_t>(1 + (known - finish) / std::max<Picoseconds>(1, each.ps));
        free_.occupy(finish, time_of(std::uint64_t{more} * bytes));
        finish = free_.ps();
        lost += more * bytes;
    }
    station.tally.visit_to_the_end(start, {start, finish, finish, lost});
    return std::max(finish, known);
}

/// From a sleep that the line fell into since it was used last.
Picoseconds LinkLine::wake_up(Picoseconds t) const {
    const Picoseconds idle = t - free_.ps();
    if (states_.l1_after && idle > states_.l1_after->value) return states_.l1_exit.value;
    if (states_.l0s_after && idle > states_.l0s_after->value) return states_.l0s_exit.value;
    return 0;
}

}  // namespace snsim

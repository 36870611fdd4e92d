#include "models/network/closed_loops.h"

#include <algorithm>

namespace snsim {

ClosedLoops::ClosedLoops(Partition& partition, const std::string& path)
    : agenda_(partition.agenda),
      block_(partition.agenda.add_block(path)),
      wake_(partition.agenda, block_, wake_handler<&ClosedLoops::due, ClosedLoops>(), this) {
    agenda_.frames().listen(*this);
}

void ClosedLoops::add(std::size_t traffic_class, FlowSource& source) {
    if (sources_.size() <= traffic_class) sources_.resize(traffic_class + 1);
    sources_[traffic_class] = &source;
}

void ClosedLoops::ended(const Frame& frame, Picoseconds t) {
    if (frame.traffic_class >= sources_.size() || sources_[frame.traffic_class] == nullptr) return;
    t = std::max(t, agenda_.now()) + 1;  // whether it is told ahead or not
    ends_.push(t, static_cast<std::uint8_t>(frame.traffic_class & 0x7fU),
               {frame.traffic_class, frame.bytes});
    if (!wake_.pending() || wake_.due() > t) wake_.at(t, Phase::control);
}

void ClosedLoops::due() {
    agenda_.count_item();
    const Picoseconds now = agenda_.now();
    while (!ends_.empty() && ends_.time() <= now) {
        const End end = ends_.pop();
        sources_[end.traffic_class]->returned(end.bytes, now);
    }
    if (!ends_.empty()) wake_.at(ends_.time(), Phase::control);
}

}  // namespace snsim

#include "observers/access_observer.h"

#include <algorithm>

namespace snsim {

void AccessObserver::access_done(const AccessDone& fact) {
    ++done_so_far_;
    if (window_.known()) {
        book(fact);
    } else {
        accesses_.push_back(fact);
    }
}

void AccessObserver::dma_asked(const DmaAsked& fact) {
    if (window_.known()) {
        residence_ += rest(fact.t);
    } else {
        asked_.push_back(fact);
    }
}

void AccessObserver::dma_done(const DmaDone& fact) {
    if (window_.known()) {
        book(fact);
    } else {
        operations_.push_back(fact);
    }
}

void AccessObserver::open(const Window& window) {
    window_ = window;
    for (const AccessDone& fact : accesses_) book(fact);
    residence_ += rest(window.start) * forgotten_;
    for (const DmaAsked& fact : asked_) residence_ += rest(fact.t);
    for (const DmaDone& fact : operations_) book(fact);
    accesses_.clear();
    asked_.clear();
    operations_.clear();
}

void AccessObserver::forget_before(Picoseconds now) {
    const auto past = [now](const auto& fact) { return fact.done < now; };
    accesses_.erase(std::remove_if(accesses_.begin(), accesses_.end(), past), accesses_.end());
    const auto asked = std::partition(asked_.begin(), asked_.end(),
                                      [now](const DmaAsked& fact) { return fact.t >= now; });
    forgotten_ += static_cast<std::uint64_t>(asked_.end() - asked);
    asked_.erase(asked, asked_.end());
    forgotten_ -=
        static_cast<std::uint64_t>(std::count_if(operations_.begin(), operations_.end(), past));
    operations_.erase(std::remove_if(operations_.begin(), operations_.end(), past),
                      operations_.end());
}

void AccessObserver::book(const AccessDone& fact) {
    PerClass& c = classes_[fact.traffic_class];
    if (window_.holds(fact.issued)) c.latency.add(fact.done - fact.issued);
    if (!window_.holds(fact.done)) return;
    ++c.done;
    const std::size_t batch = window_.batch_of(fact.done);
    ++c.done_batch[batch];
    c.bytes_batch[batch] += fact.read_bytes + fact.written_bytes;
}

void AccessObserver::book(const DmaDone& fact) {
    residence_ -= rest(fact.done);
    if (fact.read && window_.holds(fact.issued)) read_latency_.add(fact.done - fact.issued);
}

}  // namespace snsim

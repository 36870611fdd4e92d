#include "app/offered_frames.h"

#include "models/base/frame.h"

namespace snsim {

namespace {

double frames_of_flows(const TrafficParams& traffic, const Scenario& scenario) {
    if (!traffic.rate) return 1e6;  // a capture in its own timing
    double bytes = 0;
    double weights = 0;
    for (const auto& part : traffic.frame_size.parts) {
        const auto weight = static_cast<double>(part.weight);
        bytes += weight * static_cast<double>(part.size.value + wire_overhead_bytes);
        weights += weight;
    }
    const double bits = bytes / weights * 8;
    switch (traffic.rate->kind) {
        case OfferedRate::Kind::frames:
            return static_cast<double>(traffic.rate->frames.value) / 1e6;
        case OfferedRate::Kind::bits: return static_cast<double>(traffic.rate->bits.value) / bits;
        case OfferedRate::Kind::share: break;
    }
    for (const HostParams& host : scenario.hosts) {
        if (traffic.from != host.name + ".wire0" && traffic.from != host.name + ".wire1") continue;
        const AsicParams& asic = host.card.asic;
        const bool first = traffic.from.back() == '0';
        const auto line = static_cast<double>((first ? asic.port0 : asic.port1).rate.value);
        return traffic.rate->share.value * line / bits;
    }
    return 0;
}

}  // namespace

double frames_per_s(const TrafficParams& traffic, const Scenario& scenario) {
    // Three to open a connection, three to close it, data both ways (network's ChurnSource).
    const auto each = static_cast<double>(6 + 2 * traffic.churn_data);
    return frames_of_flows(traffic, scenario) +
           static_cast<double>(traffic.churn.value) / 1e6 * each;
}

double expected_frames(const Scenario& scenario) {
    const WindowsParams& windows = scenario.windows;
    const std::int64_t warmup =
        windows.warmup ? windows.warmup->value : windows.warmup_max.value / 2;
    const auto simulated_s =
        static_cast<double>(warmup + windows.measure.value + windows.drain.value) * 1e-12;
    double frames = 0;
    for (const TrafficParams& traffic : scenario.traffic) {
        frames += frames_per_s(traffic, scenario) * simulated_s;
    }
    return frames;
}

}  // namespace snsim

#include "models/base/measure.h"

#include <array>
#include <cmath>

namespace snsim {

namespace {

struct Si {
    const Dimension* dimension;
    const char* unit;
    double base_units;  ///< in one of the unit
};

const std::array<Si, 7>& si_units() {
    static const std::array<Si, 7> all{{{&dimension<Duration>(), "s", 1e12},
                                        {&dimension<Frequency>(), "Hz", 1},
                                        {&dimension<BitRate>(), "bit/s", 1},
                                        {&dimension<Bytes>(), "B", 1},
                                        {&dimension<Energy>(), "J", 1e15},
                                        {&dimension<Power>(), "W", 1e3},
                                        {&dimension<EventRate>(), "1/s", 1e6}}};
    return all;
}

}  // namespace

std::optional<Measure> parse_measure(std::string_view text) {
    for (const Si& si : si_units()) {
        if (const auto base = parse_quantity(text, *si.dimension)) {
            return Measure{Measure::Kind::quantity, si.dimension,
                           static_cast<double>(base.value) / si.base_units, si.unit};
        }
    }
    if (const auto count = parse_count(text)) {
        return Measure{Measure::Kind::count, nullptr, static_cast<double>(count.value), {}};
    }
    if (const auto number = parse_number(text)) {
        return Measure{Measure::Kind::number, nullptr, number.value, {}};
    }
    if (const auto share = parse_share(text)) {
        return Measure{Measure::Kind::share, nullptr, share.value.value, {}};
    }
    return std::nullopt;
}

std::string print_measure(double si, const Measure& like) {
    switch (like.kind) {
        case Measure::Kind::share: return to_text(Share{si});
        case Measure::Kind::number: return to_text(si);
        case Measure::Kind::count: return to_text(static_cast<std::int64_t>(std::llround(si)));
        case Measure::Kind::quantity: break;
    }
    for (const Si& unit : si_units()) {
        if (unit.dimension != like.dimension) continue;
        return print_quantity(std::llround(si * unit.base_units), *like.dimension);
    }
    return {};
}

}  // namespace snsim

#include "app/unit_product.h"

#include <algorithm>
#include <cstddef>

namespace snsim {

namespace {

struct Named {
    std::string_view name;
    UnitProduct unit;
    bool prefixes;  ///< `M`, `u`, `Ki`, ... may stand in front
};

constexpr std::array<Named, 37> units{{
    {"s", {{1, 0, 0, 0, 0}, 1}, true},
    {"Hz", {{-1, 0, 0, 0, 0}, 1}, true},
    {"pps", {{-1, 0, 0, 0, 0}, 1}, true},
    {"IOPS", {{-1, 0, 0, 0, 0}, 1}, true},
    {"bit", {{0, 1, 0, 0, 0}, 1}, true},
    {"b", {{0, 1, 0, 0, 0}, 1}, true},
    {"B", {{0, 0, 1, 0, 0}, 1}, true},
    {"J", {{0, 0, 0, 1, 0}, 1}, true},
    {"W", {{-1, 0, 0, 1, 0}, 1}, true},
    {"S", {{0, 0, 0, 0, 1}, 1}, false},
    {"service", {{0, 0, 0, 0, 1}, 1}, false},
    {"services", {{0, 0, 0, 0, 1}, 1}, false},
    {"1", {}, false},
    {"%", {{}, 0.01}, false},
    {"", {}, true},  // a bare prefix: `M`
    {"req", {}, true},
    {"T", {}, true},  // transfers
    {"prob", {}, false},
    {"id", {}, false},
    {"identity", {}, false},
    {"mean", {}, false},
    {"count", {}, false},
    {"ops", {}, false},
    {"unit", {}, false},
    {"frames", {}, false},
    {"packets", {}, false},
    {"descriptors", {}, false},
    {"symbols", {}, false},
    {"trials", {}, false},
    {"cores", {}, false},
    {"port", {}, false},
    {"ports", {}, false},
    {"lanes", {}, false},
    {"trial", {}, false},
    {"frame", {}, false},
    {"packet", {}, false},
    {"op", {}, false},
}};

struct Prefix {
    std::string_view name;
    double scale;
};

constexpr std::array<Prefix, 14> prefixes{{{"", 1},
                                           {"Ki", 1024},
                                           {"Mi", 1024.0 * 1024},
                                           {"Gi", 1024.0 * 1024 * 1024},
                                           {"k", 1e3},
                                           {"K", 1e3},
                                           {"M", 1e6},
                                           {"G", 1e9},
                                           {"T", 1e12},
                                           {"m", 1e-3},
                                           {"u", 1e-6},
                                           {"n", 1e-9},
                                           {"p", 1e-12},
                                           {"f", 1e-15}}};

std::optional<UnitProduct> parse_one(std::string_view text) {
    for (const Prefix& prefix : prefixes) {
        if (text.substr(0, prefix.name.size()) != prefix.name) continue;
        const std::string_view rest = text.substr(prefix.name.size());
        for (const Named& named : units) {
            if (named.name != rest || (!named.prefixes && !prefix.name.empty())) continue;
            UnitProduct out = named.unit;
            out.scale *= prefix.scale;
            return out;
        }
    }
    return std::nullopt;
}

void append(std::string& to, std::string_view name, int power, const char* between) {
    for (int i = 0; i < power; ++i) {
        to += (to.empty() ? "" : between);
        to += name;
    }
}

}  // namespace

UnitProduct UnitProduct::times(const UnitProduct& other, int power) const {
    UnitProduct out = *this;
    for (std::size_t i = 0; i < bases; ++i) out.powers[i] += power * other.powers[i];
    out.scale = power > 0 ? scale * other.scale : scale / other.scale;
    return out;
}

std::optional<UnitProduct> UnitProduct::parse(std::string_view text) {
    UnitProduct out;
    int power = 1;
    for (;;) {
        const std::size_t end = std::min(text.find_first_of(" /"), text.size());
        const auto one = parse_one(text.substr(0, end));
        if (!one) return std::nullopt;
        out = out.times(*one, power);
        if (end == text.size()) return out;
        power = text[end] == '/' ? -1 : 1;
        text.remove_prefix(end + 1);
    }
}

std::string UnitProduct::text() const {
    std::array<int, bases> left = powers;
    const int watts = std::max(0, std::min(left[joule], -left[second]));
    left[joule] -= watts;
    left[second] += watts;
    constexpr std::array<std::string_view, bases> names{"s", "bit", "B", "J", "service"};
    std::string above;
    std::string below;
    append(above, "W", watts, " ");
    for (const std::size_t i : {std::size_t{bit}, std::size_t{byte}, std::size_t{joule},
                                std::size_t{service}, std::size_t{second}}) {
        append(above, names[i], left[i], " ");
        append(below, names[i], -left[i], "/");
    }
    if (below.empty()) return above;
    return (above.empty() ? "1" : above) + "/" + below;
}

}  // namespace snsim

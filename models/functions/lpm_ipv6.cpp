#include <algorithm>
#include <numeric>

#include "models/functions/lpm.h"

namespace snsim {

// A prefix, or a marker: where the search over lengths must learn that longer prefixes exist.
struct Ipv6Lpm::Node {
    uint64_t high;
    uint64_t low;
    uint32_t best;
    uint8_t length;
    uint8_t longer;
};

namespace {

__extension__ using Wide = unsigned __int128;

constexpr uint64_t high_mask(unsigned length) {
    return length == 0 ? 0 : length >= 64 ? ~uint64_t{0} : ~uint64_t{0} << (64 - length);
}

constexpr uint64_t low_mask(unsigned length) { return length <= 64 ? 0 : high_mask(length - 64); }

uint64_t multiply_high(uint64_t a, uint64_t b) {
    return static_cast<uint64_t>((static_cast<Wide>(a) * b) >> 64);
}

uint64_t mix(uint64_t a, uint64_t b) {
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

uint64_t line_of(uint64_t high, uint64_t low, uint8_t length, uint64_t lines) {
    uint64_t hash = mix(high ^ 0xc0ac29b7c97c50ddu, 0x3f84d5b5b5470917u + 2u * length);
    if (length > 64) hash = mix(low ^ 0x9216d5d98979fb1bu, hash ^ 0xd1310ba698dfb5acu);
    return multiply_high(mix(hash, 0x2ffd72dbd01adfb7u), lines);
}

template <typename Entry>
constexpr uint64_t slots_per_line = line_bytes / sizeof(Entry);

// Half of the slots in use where four share a line, a quarter where two do: spills stay rare.
template <typename Entry>
uint64_t lines_for(uint64_t entries) {
    if (entries == 0) return 0;
    return 1 + (slots_per_line<Entry> == 4 ? entries / 2 : entries * 2);
}

std::optional<RouteError> check(const std::vector<Ipv6Route>& routes) {
    for (size_t i = 0; i < routes.size(); ++i) {
        const Ipv6Route& route = routes[i];
        if (route.length > 128) return RouteError{RouteError::Kind::bad_length, i, i};
        if ((route.high & ~high_mask(route.length)) != 0 ||
            (route.low & ~low_mask(route.length)) != 0) {
            return RouteError{RouteError::Kind::host_bits_set, i, i};
        }
        if (route.next_hop > max_next_hop) {
            return RouteError{RouteError::Kind::bad_next_hop, i, i};
        }
    }
    return std::nullopt;
}

bool same_prefix(const Ipv6Route& a, const Ipv6Route& b) {
    return a.high == b.high && a.low == b.low && a.length == b.length;
}

// Indices of the routes by address, then length: what is inside a prefix follows it.
std::vector<uint32_t> sorted(const std::vector<Ipv6Route>& routes) {
    std::vector<uint32_t> order(routes.size());
    std::iota(order.begin(), order.end(), 0u);
    std::sort(order.begin(), order.end(), [&routes](uint32_t a, uint32_t b) {
        const Ipv6Route& x = routes[a];
        const Ipv6Route& y = routes[b];
        if (x.high != y.high) return x.high < y.high;
        if (x.low != y.low) return x.low < y.low;
        if (x.length != y.length) return x.length < y.length;
        return a < b;
    });
    return order;
}

}  // namespace

template <typename Entry>
void Ipv6Lpm::insert(Entry* table, uint64_t lines, const Node& node) {
    const uint64_t home = line_of(node.high, node.low, node.length, lines);
    for (uint64_t line = home, away = 0;; line = line + 1 < lines ? line + 1 : 0, ++away) {
        Entry* const entries = table + line * slots_per_line<Entry>;
        for (uint64_t slot = 0; slot < slots_per_line<Entry>; ++slot) {
            if (entries[slot].length != 0) continue;
            entries[slot].high = node.high;
            if constexpr (sizeof(Entry) == sizeof(Long)) entries[slot].low = node.low;
            entries[slot].best = node.best;
            entries[slot].length = node.length;
            entries[slot].longer = node.longer;
            uint16_t& spill = table[home * slots_per_line<Entry>].spill;
            spill = std::max(spill, static_cast<uint16_t>(away));
            return;
        }
    }
}

template <typename Entry>
Ipv6Lpm::Result Ipv6Lpm::find(const Entry* table, uint64_t lines, uint64_t high, uint64_t low,
                              uint8_t length, uint64_t first_line, LookupPlan& plan) {
    uint64_t line = line_of(high, low, length, lines);
    for (unsigned left = table[line * slots_per_line<Entry>].spill + 1u; left > 0; --left) {
        plan.add(first_line + line);
        const Entry* const entries = table + line * slots_per_line<Entry>;
        for (uint64_t slot = 0; slot < slots_per_line<Entry>; ++slot) {
            const Entry& entry = entries[slot];
            if (entry.length != length || entry.high != high) continue;
            if constexpr (sizeof(Entry) == sizeof(Long)) {
                if (entry.low != low) continue;
            }
            return {true, entry.longer != 0, entry.best};
        }
        line = line + 1 < lines ? line + 1 : 0;
    }
    return {false, false, 0};
}

// In address order the prefixes around a route are a stack, and equal markers come in a row.
std::vector<Ipv6Lpm::Node> Ipv6Lpm::make_nodes(const std::vector<Ipv6Route>& routes,
                                               const std::vector<uint32_t>& order) const {
    constexpr size_t none = ~size_t{0};
    std::vector<Node> nodes;
    nodes.reserve(routes.size() * 2);
    std::vector<size_t> latest(lengths_.size(), none);  // node of each length seen last
    std::vector<const Ipv6Route*> around;
    for (const uint32_t index : order) {
        const Ipv6Route& route = routes[index];
        if (route.length == 0) continue;
        while (!around.empty()) {
            const Ipv6Route& outer = *around.back();
            if (((outer.high ^ route.high) & high_mask(outer.length)) == 0 &&
                ((outer.low ^ route.low) & low_mask(outer.length)) == 0) {
                break;
            }
            around.pop_back();
        }
        // Follow the search to the route's length, leaving a marker where it must turn longer.
        size_t first = 0;
        size_t behind = lengths_.size();
        for (;;) {
            const size_t middle = (first + behind) / 2;
            const uint8_t length = lengths_[middle];
            if (length > route.length) {
                behind = middle;
                continue;
            }
            const uint64_t high = route.high & high_mask(length);
            const uint64_t low = route.low & low_mask(length);
            if (length == route.length) {
                latest[middle] = nodes.size();
                nodes.push_back({high, low, route.next_hop + 1, length, 0});
                break;
            }
            const size_t last = latest[middle];
            if (last != none && nodes[last].high == high && nodes[last].low == low) {
                nodes[last].longer = 1;
            } else {
                uint32_t best = 0;
                for (auto outer = around.rbegin(); outer != around.rend(); ++outer) {
                    if ((*outer)->length > length) continue;
                    best = (*outer)->next_hop + 1;
                    break;
                }
                latest[middle] = nodes.size();
                nodes.push_back({high, low, best, length, 1});
            }
            first = middle + 1;
        }
        around.push_back(&route);
    }
    return nodes;
}

std::optional<RouteError> Ipv6Lpm::build(const std::vector<Ipv6Route>& routes) {
    *this = Ipv6Lpm();
    if (std::optional<RouteError> error = check(routes)) return error;
    const std::vector<uint32_t> order = sorted(routes);
    const auto twin = std::adjacent_find(
        order.begin(), order.end(),
        [&routes](uint32_t a, uint32_t b) { return same_prefix(routes[a], routes[b]); });
    if (twin != order.end()) {
        return RouteError{RouteError::Kind::duplicate, *(twin + 1), *twin};
    }
    std::array<bool, 129> used{};
    for (const Ipv6Route& route : routes) {
        used[route.length] = true;
        if (route.length == 0) default_ = route.next_hop;
    }
    for (uint8_t length = 1; length <= 128; ++length) {
        if (used[length]) lengths_.push_back(length);
    }

    const std::vector<Node> nodes = make_nodes(routes, order);
    entries_ = nodes.size();
    const auto shorts = static_cast<uint64_t>(std::count_if(
        nodes.begin(), nodes.end(), [](const Node& node) { return node.length <= 64; }));
    short_lines_ = lines_for<Short>(shorts);
    long_lines_ = lines_for<Long>(entries_ - shorts);
    memory_ = ZeroPages((short_lines_ + long_lines_) * line_bytes, true);
    auto* const short_table = memory_.as<Short>();
    auto* const long_table =
        reinterpret_cast<Long*>(memory_.as<uint8_t>() + short_lines_ * line_bytes);
    for (const Node& node : nodes) {
        if (node.length <= 64) {
            insert(short_table, short_lines_, node);
        } else {
            insert(long_table, long_lines_, node);
        }
    }
    return std::nullopt;
}

uint32_t Ipv6Lpm::lookup(uint64_t high, uint64_t low, LookupPlan& plan) const {
    const auto* const short_table = memory_.as<const Short>();
    const auto* const long_table =
        reinterpret_cast<const Long*>(memory_.as<const uint8_t>() + short_lines_ * line_bytes);
    plan.dependent = true;
    uint32_t best = 0;
    size_t first = 0;
    size_t behind = lengths_.size();
    while (first < behind) {
        const size_t middle = (first + behind) / 2;
        const uint8_t length = lengths_[middle];
        const Result result =
            length <= 64
                ? find(short_table, short_lines_, high & high_mask(length), 0, length, 0, plan)
                : find(long_table, long_lines_, high, low & low_mask(length), length, short_lines_,
                       plan);
        if (!result.found) {
            behind = middle;
            continue;
        }
        if (result.best != 0) best = result.best;
        if (!result.longer) break;
        first = middle + 1;
    }
    return best != 0 ? best - 1 : default_;
}

void Ipv6Lpm::prefetch(uint64_t high, uint64_t low) const {
    if (lengths_.empty()) return;
    const uint8_t length = lengths_[lengths_.size() / 2];
    const uint64_t lines = length <= 64 ? short_lines_ : long_lines_;
    uint64_t line = line_of(high & high_mask(length), low & low_mask(length), length, lines);
    if (length > 64) line += short_lines_;
    __builtin_prefetch(memory_.as<uint8_t>() + line * line_bytes);
}

TableInfo Ipv6Lpm::table() const {
    return {"ipv6_routes",
            TableKind::lpm,
            sizeof(Short),
            entries_,
            (short_lines_ + long_lines_) * line_bytes,
            false,
            12};
}

}  // namespace snsim

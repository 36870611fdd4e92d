#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "models/functions/lpm.h"

namespace snsim {

namespace {

constexpr uint32_t mask_of_length(unsigned length) {
    return length == 0 ? 0 : ~uint32_t{0} << (32 - length);
}

std::optional<RouteError> check(const std::vector<Ipv4Route>& routes) {
    for (size_t i = 0; i < routes.size(); ++i) {
        const Ipv4Route& route = routes[i];
        if (route.length > 32) return RouteError{RouteError::Kind::bad_length, i, i};
        if ((route.prefix & ~mask_of_length(route.length)) != 0) {
            return RouteError{RouteError::Kind::host_bits_set, i, i};
        }
        if (route.next_hop > max_next_hop) {
            return RouteError{RouteError::Kind::bad_next_hop, i, i};
        }
    }
    return std::nullopt;
}

// A route's place in the order of length, then prefix, and its index in the list given.
using Item = uint64_t;
constexpr unsigned index_bits = 26;
constexpr unsigned order_bits = 38;
static_assert(index_bits + order_bits == 64);

Item item_of(const Ipv4Route& route, size_t index) {
    return uint64_t{route.length} << (32 + index_bits) | uint64_t{route.prefix} << index_bits |
           index;
}
uint64_t order_of(Item item) { return item >> index_bits; }
size_t index_of(Item item) { return item & ((size_t{1} << index_bits) - 1); }

// By order; items of one order stay as they stood. 10 bits at a time: a fraction of what a
// comparison sort takes.
void sort_by_order(std::vector<Item>& items) {
    constexpr unsigned digit_bits = 10;
    constexpr size_t digits = (order_bits + digit_bits - 1) / digit_bits;
    constexpr size_t values = size_t{1} << digit_bits;
    if (items.size() < 4096) {
        std::sort(items.begin(), items.end());
        return;
    }
    const auto digit = [](Item item, size_t d) {
        return (order_of(item) >> (d * digit_bits)) & (values - 1);
    };
    std::array<std::array<uint32_t, values>, digits> place{};  // where the next such item goes
    for (const Item item : items) {
        for (size_t d = 0; d < digits; ++d) ++place[d][digit(item, d)];
    }
    std::vector<Item> other(items.size());
    for (size_t d = 0; d < digits; ++d) {
        uint32_t before = 0;
        for (uint32_t& start : place[d]) before += std::exchange(start, before);
        for (const Item item : items) other[place[d][digit(item, d)]++] = item;
        items.swap(other);
    }
}

}  // namespace

std::string to_text(const RouteError& error) {
    const std::string route = "route " + std::to_string(error.route);
    switch (error.kind) {
        case RouteError::Kind::duplicate:
            return route + " has the same prefix as route " + std::to_string(error.other);
        case RouteError::Kind::host_bits_set: return route + " has bits set beyond its length";
        case RouteError::Kind::bad_length: return route + " has an impossible length";
        case RouteError::Kind::bad_next_hop: break;
    }
    return route + " has no such next hop";
}

Ipv4Lpm::Ipv4Lpm() : top_(size_t{1} << 16) {}

Ipv4Lpm::Blocks::Blocks(size_t most) : memory(most * block_entries * sizeof(uint32_t), true) {}

uint32_t* Ipv4Lpm::Blocks::split(uint32_t& entry) {
    if ((entry & extended) == 0) {
        uint32_t* const block = memory.as<uint32_t>() + used * block_entries;
        if (entry != 0) std::fill_n(block, block_entries, entry);
        entry = extended | used++;
    }
    return memory.as<uint32_t>() + (entry & ~extended) * block_entries;
}

std::optional<RouteError> Ipv4Lpm::build(const std::vector<Ipv4Route>& routes) {
    std::fill(top_.begin(), top_.end(), 0);
    middle_ = Blocks(0);
    lower_ = Blocks(0);
    default_ = no_next_hop;
    if (std::optional<RouteError> error = check(routes)) return error;
    if (routes.size() > size_t{1} << index_bits) throw std::length_error("IPv4 routes");

    std::vector<Item> items(routes.size());
    for (size_t i = 0; i < routes.size(); ++i) items[i] = item_of(routes[i], i);
    sort_by_order(items);
    const auto twin = std::adjacent_find(items.begin(), items.end(),
                                         [](Item a, Item b) { return order_of(a) == order_of(b); });
    if (twin != items.end()) {
        return RouteError{RouteError::Kind::duplicate, index_of(*(twin + 1)), index_of(*twin)};
    }

    // Room for all blocks at once: growing them would copy them again and again.
    std::vector<uint8_t> has_middle(top_.size());
    size_t long_prefixes = 0;
    for (const Ipv4Route& route : routes) {
        if (route.length > 16) has_middle[route.prefix >> 16] = 1;
        if (route.length > 24) ++long_prefixes;
    }
    const auto middle_blocks =
        static_cast<size_t>(std::count(has_middle.begin(), has_middle.end(), 1));
    middle_ = Blocks(middle_blocks);
    lower_ = Blocks(std::min(long_prefixes, middle_blocks * block_entries));

    // Shortest first: a longer prefix overwrites what it is more specific than.
    for (const Item item : items) {
        const auto length = static_cast<unsigned>(order_of(item) >> 32);
        const auto prefix = static_cast<uint32_t>(order_of(item));
        const uint32_t next_hop = routes[index_of(item)].next_hop;
        const uint32_t entry = next_hop + 1;
        uint32_t& top = top_[prefix >> 16];
        if (length == 0) {
            default_ = next_hop;
        } else if (length <= 16) {
            std::fill_n(&top, uint32_t{1} << (16 - length), entry);
        } else {
            uint32_t* const middle = middle_.split(top) + ((prefix >> 8) & 0xffu);
            if (length <= 24) {
                std::fill_n(middle, uint32_t{1} << (24 - length), entry);
            } else {
                std::fill_n(lower_.split(*middle) + (prefix & 0xffu), uint32_t{1} << (32 - length),
                            entry);
            }
        }
    }
    return std::nullopt;
}

TableInfo Ipv4Lpm::table() const {
    const uint64_t entries = upper_entries + lower_.used * block_entries;
    return {"ipv4_routes",
            TableKind::lpm,
            sizeof(uint32_t),
            entries,
            entries * sizeof(uint32_t),
            false,
            2};
}

}  // namespace snsim

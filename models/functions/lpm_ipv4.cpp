#include <algorithm>

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

struct Item {
    uint64_t order;  // length, then prefix
    uint32_t next_hop;
    uint32_t index;
};

// Stable, by 11 bits at a time: 2 M routes in a fifth of what a comparison sort takes.
void sort_by_order(std::vector<Item>& items) {
    constexpr unsigned digit_bits = 11;
    constexpr unsigned key_bits = 38;
    if (items.size() < 4096) {
        std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
            return a.order != b.order ? a.order < b.order : a.index < b.index;
        });
        return;
    }
    std::vector<Item> other(items.size());
    for (unsigned shift = 0; shift < key_bits; shift += digit_bits) {
        std::vector<size_t> start((size_t{1} << digit_bits) + 1, 0);
        const uint64_t mask = (uint64_t{1} << digit_bits) - 1;
        for (const Item& item : items) ++start[((item.order >> shift) & mask) + 1];
        for (size_t digit = 1; digit < start.size(); ++digit) start[digit] += start[digit - 1];
        for (const Item& item : items) other[start[(item.order >> shift) & mask]++] = item;
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

uint32_t* Ipv4Lpm::split(uint32_t& entry, std::vector<uint32_t>& blocks) {
    if ((entry & extended) == 0) {
        const auto block = static_cast<uint32_t>(blocks.size() / block_entries);
        blocks.resize(blocks.size() + block_entries, entry);
        entry = extended | block;
    }
    return blocks.data() + (entry & ~extended) * block_entries;
}

std::optional<RouteError> Ipv4Lpm::build(const std::vector<Ipv4Route>& routes) {
    std::fill(top_.begin(), top_.end(), 0);
    middle_.clear();
    lower_.clear();
    default_ = no_next_hop;
    if (std::optional<RouteError> error = check(routes)) return error;

    std::vector<Item> items(routes.size());
    for (size_t i = 0; i < routes.size(); ++i) {
        items[i] = {(uint64_t{routes[i].length} << 32) | routes[i].prefix, routes[i].next_hop,
                    static_cast<uint32_t>(i)};
    }
    sort_by_order(items);
    const auto twin =
        std::adjacent_find(items.begin(), items.end(),
                           [](const Item& a, const Item& b) { return a.order == b.order; });
    if (twin != items.end()) {
        return RouteError{RouteError::Kind::duplicate, (twin + 1)->index, twin->index};
    }

    // Room for all blocks at once: growing them would copy them again and again.
    std::vector<bool> has_middle(top_.size());
    size_t long_prefixes = 0;
    for (const Ipv4Route& route : routes) {
        if (route.length > 16) has_middle[route.prefix >> 16] = true;
        if (route.length > 24) ++long_prefixes;
    }
    const auto middle_blocks = std::count(has_middle.begin(), has_middle.end(), true);
    middle_.reserve(static_cast<size_t>(middle_blocks) * block_entries);
    const auto most_lower = static_cast<size_t>(middle_blocks) * block_entries;
    lower_.reserve(std::min(long_prefixes, most_lower) * block_entries);

    // Shortest first: a longer prefix overwrites what it is more specific than.
    for (const Item& item : items) {
        const auto length = static_cast<unsigned>(item.order >> 32);
        const auto prefix = static_cast<uint32_t>(item.order);
        const uint32_t entry = item.next_hop + 1;
        uint32_t& top = top_[prefix >> 16];
        if (length == 0) {
            default_ = item.next_hop;
        } else if (length <= 16) {
            std::fill_n(&top, uint32_t{1} << (16 - length), entry);
        } else {
            uint32_t* const middle = split(top, middle_) + ((prefix >> 8) & 0xffu);
            if (length <= 24) {
                std::fill_n(middle, uint32_t{1} << (24 - length), entry);
            } else {
                std::fill_n(split(*middle, lower_) + (prefix & 0xffu), uint32_t{1} << (32 - length),
                            entry);
            }
        }
    }
    return std::nullopt;
}

uint32_t Ipv4Lpm::lookup(uint32_t address, LookupPlan& plan) const {
    constexpr uint32_t line_entries = line_bytes / sizeof(uint32_t);
    uint32_t entry = upper(address);
    plan.add(first_line(address));
    if ((entry & extended) != 0) {
        const uint64_t at = uint64_t{entry & ~extended} * block_entries + (address & 0xffu);
        plan.add((upper_entries + at) / line_entries);
        plan.dependent = true;
        entry = lower_[at];
    }
    return entry != 0 ? entry - 1 : default_;
}

TableInfo Ipv4Lpm::table() const {
    const uint64_t entries = upper_entries + lower_.size();
    return {"ipv4_routes",
            TableKind::lpm,
            sizeof(uint32_t),
            entries,
            entries * sizeof(uint32_t),
            false,
            2};
}

}  // namespace snsim

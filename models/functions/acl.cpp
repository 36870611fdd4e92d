#include "models/functions/acl.h"

#include <algorithm>
#include <stdexcept>
#include <type_traits>

#include "models/protocols/byte_order.h"

namespace snsim {

namespace {

[[noreturn]] void refuse(size_t rule, const std::string& why) {
    throw std::invalid_argument("rule " + std::to_string(rule) + ": " + why);
}

void check(size_t index, const AclRule& rule) {
    for (const auto* prefix : {&rule.src, &rule.dst}) {
        if (!*prefix) continue;
        if ((*prefix)->address.version == 0) refuse(index, "prefix without an address");
        if (!host_bits_clear(**prefix)) {
            refuse(index, to_text(**prefix) + " has bits set beyond its length");
        }
    }
    if (rule.src && rule.dst && rule.src->address.version != rule.dst->address.version) {
        refuse(index, "source and destination of different IP versions");
    }
    for (const PortRange& range : {rule.sport, rule.dport}) {
        if (range.first > range.last) refuse(index, "port range out of order");
    }
}

bool applies_to(const AclRule& rule, uint8_t version) {
    return (!rule.src || rule.src->address.version == version) &&
           (!rule.dst || rule.dst->address.version == version);
}

template <typename Value>
struct Range {
    Value first;
    Value last;
};

template <typename Wide>
Wide number(const IpBytes& bytes) {
    return Wide{load_be64(&bytes[0]), load_be64(&bytes[8])};
}

template <typename Value>
bool less(const Value& a, const Value& b) {
    if constexpr (std::is_integral_v<Value>) {
        return a < b;
    } else {
        return a.high != b.high ? a.high < b.high : a.low < b.low;
    }
}

// The number after `value`; false when there is none.
template <typename Value>
bool successor(Value& value) {
    if constexpr (std::is_integral_v<Value>) {
        return ++value != 0;
    } else {
        if (++value.low != 0) return true;
        return ++value.high != 0;
    }
}

template <typename Wide>
Range<Wide> range_of(const std::optional<IpPrefix>& prefix) {
    if (!prefix) return {Wide{0, 0}, Wide{~uint64_t{0}, ~uint64_t{0}}};
    const unsigned bits = prefix->length + (prefix->address.version == 4 ? 96u : 0u);
    Range<Wide> range;
    range.first = number<Wide>(prefix->address.bytes);
    range.last = range.first;
    if (bits < 64) range.last.high |= bits == 0 ? ~uint64_t{0} : ~uint64_t{0} >> bits;
    if (bits < 128) range.last.low |= bits <= 64 ? ~uint64_t{0} : ~uint64_t{0} >> (bits - 64);
    return range;
}

template <typename Field, typename Value>
void fill(Field& field, const std::vector<Range<Value>>& ranges, size_t words) {
    field.starts.push_back(Value{});
    for (const Range<Value>& range : ranges) {
        field.starts.push_back(range.first);
        Value behind = range.last;
        if (successor(behind)) field.starts.push_back(behind);
    }
    std::sort(field.starts.begin(), field.starts.end(), less<Value>);
    const auto same = [](const Value& a, const Value& b) { return !less(a, b) && !less(b, a); };
    field.starts.erase(std::unique(field.starts.begin(), field.starts.end(), same),
                       field.starts.end());
    field.sets.assign(field.starts.size() * words, 0);
    for (size_t bit = 0; bit < ranges.size(); ++bit) {
        const auto first = std::lower_bound(field.starts.begin(), field.starts.end(),
                                            ranges[bit].first, less<Value>);
        const auto last =
            std::upper_bound(first, field.starts.end(), ranges[bit].last, less<Value>);
        for (auto at = first; at != last; ++at) {
            const auto interval = static_cast<size_t>(at - field.starts.begin());
            field.sets[interval * words + bit / 64] |= uint64_t{1} << (bit % 64);
        }
    }
}

// The set of the interval that holds `value`.
template <typename Field, typename Value>
const uint64_t* set_of(const Field& field, const Value& value, size_t words) {
    const Value* base = field.starts.data();
    size_t length = field.starts.size();
    while (length > 1) {  // the greatest start that is not above value
        const size_t half = length / 2;
        base = less(value, base[half]) ? base : base + half;
        length -= half;
    }
    return &field.sets[static_cast<size_t>(base - field.starts.data()) * words];
}

}  // namespace

Acl::Family Acl::compile(const std::vector<AclRule>& rules, uint8_t version) {
    Family family;
    std::vector<Range<Wide>> src;
    std::vector<Range<Wide>> dst;
    std::vector<Range<uint16_t>> sport;
    std::vector<Range<uint16_t>> dport;
    std::vector<Range<uint16_t>> protocol;
    for (size_t i = 0; i < rules.size(); ++i) {
        const AclRule& rule = rules[i];
        if (!applies_to(rule, version)) continue;
        family.rule.push_back(static_cast<uint32_t>(i));
        src.push_back(range_of<Wide>(rule.src));
        dst.push_back(range_of<Wide>(rule.dst));
        sport.push_back({rule.sport.first, rule.sport.last});
        dport.push_back({rule.dport.first, rule.dport.last});
        if (rule.protocol) {
            protocol.push_back({*rule.protocol, *rule.protocol});
        } else {
            protocol.push_back({0, 255});
        }
    }
    family.words = (family.rule.size() + 63) / 64;
    if (family.words == 0) return family;
    family.portless.assign(family.words, 0);
    for (size_t bit = 0; bit < family.rule.size(); ++bit) {
        const AclRule& rule = rules[family.rule[bit]];
        if (rule.sport.any() && rule.dport.any()) {
            family.portless[bit / 64] |= uint64_t{1} << (bit % 64);
        }
    }
    fill(family.src, src, family.words);
    fill(family.dst, dst, family.words);
    fill(family.sport, sport, family.words);
    fill(family.dport, dport, family.words);
    fill(family.protocol, protocol, family.words);
    return family;
}

Acl::Acl(const std::vector<AclRule>& rules, AclAction default_action)
    : rules_(rules.size()), default_action_(default_action) {
    for (size_t i = 0; i < rules.size(); ++i) {
        check(i, rules[i]);
        actions_.push_back(rules[i].action);
    }
    ipv4_ = compile(rules, 4);
    ipv6_ = compile(rules, 6);
}

Acl::Match Acl::match(const FlowKey& key, bool has_ports) const {
    const Family& family = key.family == 4 ? ipv4_ : ipv6_;
    const size_t words = family.words;
    if (words == 0) return {default_action_, no_rule};
    const uint64_t* const src = set_of(family.src, number<Wide>(key.src), words);
    const uint64_t* const dst = set_of(family.dst, number<Wide>(key.dst), words);
    const uint64_t* const protocol = set_of(family.protocol, uint16_t{key.protocol}, words);
    const uint64_t* sport = family.portless.data();
    const uint64_t* dport = sport;
    if (has_ports) {
        sport = set_of(family.sport, key.sport, words);
        dport = set_of(family.dport, key.dport, words);
    }
    for (size_t word = 0; word < words; ++word) {
        const uint64_t common = src[word] & dst[word] & protocol[word] & sport[word] & dport[word];
        if (common != 0) {
            const auto bit = static_cast<size_t>(__builtin_ctzll(common));
            const uint32_t rule = family.rule[word * 64 + bit];
            return {actions_[rule], rule};
        }
    }
    return {default_action_, no_rule};
}

size_t Acl::memory_bytes() const {
    size_t sets = 0;
    for (const Family* family : {&ipv4_, &ipv6_}) {
        sets += family->src.sets.size() + family->dst.sets.size() + family->sport.sets.size() +
                family->dport.sets.size() + family->protocol.sets.size();
    }
    return sets * sizeof(uint64_t);
}

}  // namespace snsim

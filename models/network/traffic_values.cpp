#include "models/network/traffic_values.h"

#include <algorithm>

namespace snsim {
namespace {

constexpr Bytes least_frame = 64_b;   // IEEE 802.3, 4A.4.2: minFrameSize
constexpr Bytes most_frame = 9216_b;  // the usual limit of jumbo frames
constexpr std::int64_t most_weight = 1'000'000;

/// Frame sizes are spoken of in bytes: 9216 B, not 9 KiB.
std::string bytes_text(Bytes size) { return std::to_string(size.value) + " B"; }

bool read_size(const Node& node, Bytes& size, const std::string& below, ValueErrors& errors) {
    ValueErrors found;
    if (!ValueText<Bytes>::parse(node, size, found)) {
        return errors.error(node, found.all().front().message, below);
    }
    if (size < least_frame || most_frame < size) {
        return errors.error(node,
                            "'" + node.text + "' is no frame size; frames with FCS hold " +
                                bytes_text(least_frame) + " to " + bytes_text(most_frame),
                            below);
    }
    return true;
}

bool read_weighted(const Node& node, FrameSizes::Part& part, const std::string& below,
                   ValueErrors& errors) {
    bool good = true;
    for (const Entry& entry : node.entries) {
        const std::string at = join_path(below, entry.key);
        if (entry.key == "size") {
            good = read_size(entry.value, part.size, at, errors) && good;
        } else if (entry.key == "weight") {
            ValueErrors found;
            if (!ValueText<std::int64_t>::parse(entry.value, part.weight, found)) {
                good = errors.error(entry.value, found.all().front().message, at);
            } else if (part.weight < 1 || part.weight > most_weight) {
                good = errors.error(
                    entry.value, "'" + entry.value.text + "' is no weight; range 1 to 1000000", at);
            }
        } else {
            Node at_key;
            at_key.origin = entry.origin;
            good = errors.error(at_key, "unknown key; the keys here are size and weight", at);
        }
    }
    if (node.find("size") == nullptr) good = errors.error(node, "needs the key 'size'", below);
    return good;
}

}  // namespace

FrameSizes FrameSizes::imix() { return {{{64_b, 7}, {594_b, 4}, {1518_b, 1}}}; }

Bytes FrameSizes::smallest() const {
    return std::min_element(parts.begin(), parts.end(),
                            [](const Part& a, const Part& b) { return a.size < b.size; })
        ->size;
}

Bytes FrameSizes::largest() const {
    return std::max_element(parts.begin(), parts.end(),
                            [](const Part& a, const Part& b) { return a.size < b.size; })
        ->size;
}

bool ValueText<FrameSizes>::parse(const Node& node, FrameSizes& value, ValueErrors& errors) {
    if (node.is_scalar() && node.text == "imix") {
        value = FrameSizes::imix();
        return true;
    }
    value.parts.assign(1, {});
    if (!node.is_list()) {
        if (node.is_map()) return read_weighted(node, value.parts.front(), {}, errors);
        return read_size(node, value.parts.front().size, {}, errors);
    }
    if (node.items.empty()) return errors.error(node, "an empty list of sizes");
    value.parts.resize(node.items.size());
    bool good = true;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const std::string below = std::to_string(i);
        const Node& item = node.items[i];
        good = (item.is_map() ? read_weighted(item, value.parts[i], below, errors)
                              : read_size(item, value.parts[i].size, below, errors)) &&
               good;
    }
    return good;
}

std::string ValueText<FrameSizes>::print(const FrameSizes& value) {
    const auto same = [](const FrameSizes::Part& a, const FrameSizes::Part& b) {
        return a.size == b.size && a.weight == b.weight;
    };
    const auto imix = FrameSizes::imix();
    if (value.parts.size() == imix.parts.size() &&
        std::equal(value.parts.begin(), value.parts.end(), imix.parts.begin(), same)) {
        return "imix";
    }
    if (value.parts.size() == 1) return bytes_text(value.parts.front().size);
    const bool equally = std::all_of(value.parts.begin(), value.parts.end(),
                                     [](const FrameSizes::Part& p) { return p.weight == 1; });
    std::string out;
    for (const auto& part : value.parts) {
        out += out.empty() ? "" : ", ";
        out += equally ? bytes_text(part.size)
                       : "{size: " + bytes_text(part.size) +
                             ", weight: " + std::to_string(part.weight) + "}";
    }
    return "[" + out + "]";
}

bool ValueText<OfferedRate>::parse(const Node& node, OfferedRate& value, ValueErrors& errors) {
    static constexpr std::string_view wanted = "a rate such as '10 %', '37 Mpps' or '25 Gb/s'";
    std::string text;
    if (!scalar_of(node, wanted, text, errors)) return false;
    value = {};
    if (const auto bits = parse_quantity<BitRate>(text)) {
        value.kind = OfferedRate::Kind::bits;
        value.bits = bits.value;
    } else if (const auto frames = parse_quantity<EventRate>(text)) {
        value.kind = OfferedRate::Kind::frames;
        value.frames = frames.value;
    } else if (text.find('%') != std::string::npos) {
        const auto share = parse_share(text);
        if (!share) return errors.error(node, "'" + text + "' " + share.error);
        value.share = share.value;
        if (Share{1.0} < share.value) {
            return errors.error(node, "'" + text + "' is above line rate; the most is 100 %");
        }
    } else if (parse_number(text)) {
        return errors.error(node, "'" + text +
                                      "' needs a unit, as in '10 %' of line rate, "
                                      "'37 Mpps' or '25 Gb/s'");
    } else {
        return errors.error(node, "'" + text + "' is not " + std::string(wanted));
    }
    if (value.bits.value < 0 || value.frames.value < 0 || value.share < Share{0}) {
        return errors.error(node, "'" + text + "' is negative");
    }
    return true;
}

std::string ValueText<OfferedRate>::print(const OfferedRate& value) {
    switch (value.kind) {
        case OfferedRate::Kind::share: return to_text(value.share);
        case OfferedRate::Kind::frames: return to_text(value.frames);
        case OfferedRate::Kind::bits: return to_text(value.bits);
    }
    return {};
}

bool ValueText<ReplaySpeed>::parse(const Node& node, ReplaySpeed& value, ValueErrors& errors) {
    std::string text;
    if (!scalar_of(node, "original or a factor such as '10x'", text, errors)) return false;
    if (text == "original") {
        value = {};
        return true;
    }
    if (text.empty() || text.back() != 'x') {
        return errors.error(node, "'" + text + "' is neither original nor a factor such as '10x'");
    }
    // Millionths are what EventRate counts in; its parser does the exact decimals.
    const auto factor = parse_quantity<EventRate>(text.substr(0, text.size() - 1) + " /s");
    if (!factor) {
        return errors.error(node, "'" + text + "' is not a factor in steps of 0.000001");
    }
    value.millionths = factor.value.value;
    if (value.millionths < 1 || value.millionths > 1'000'000'000'000) {
        return errors.error(node, "'" + text + "' is out of range (0.000001x to 1000000x)");
    }
    return true;
}

std::string ValueText<ReplaySpeed>::print(ReplaySpeed value) {
    if (value.millionths == 1'000'000) return "original";
    std::string whole = std::to_string(value.millionths / 1'000'000);
    if (const auto rest = value.millionths % 1'000'000; rest != 0) {
        std::string fraction = std::to_string(1'000'000 + rest).substr(1);
        fraction.erase(fraction.find_last_not_of('0') + 1);
        whole += "." + fraction;
    }
    return whole + "x";
}

}  // namespace snsim

#include "models/system/route_params.h"

namespace snsim {
namespace {

using T = RouteParams;

constexpr const char* scenario = "dsc100-line-rate";  // of the witnesses
const std::vector<std::string> unhurried{"east.rate=20 %"};
const std::vector<std::string> only_these{"east.rate=20 %", "routes.0.ip=v6"};

bool read_count(const Node& node, std::string_view what, std::int64_t lower, std::int64_t upper,
                std::int64_t& value, const std::string& below, ValueErrors& errors) {
    ValueErrors found;
    if (!ValueText<std::int64_t>::parse(node, value, found)) {
        return errors.error(node, found.all().front().message, below);
    }
    if (value >= lower && value <= upper) return true;
    return errors.error(node,
                        "'" + node.text + "' is no " + std::string(what) + "; range " +
                            std::to_string(lower) + " to " + std::to_string(upper),
                        below);
}

bool read_part(const Node& node, PrefixLengths::Part& part, const std::string& below,
               ValueErrors& errors) {
    if (!node.is_map())
        return read_count(node, "prefix length", 0, 128, part.length, below, errors);
    bool good = true;
    for (const Entry& entry : node.entries) {
        const std::string at = join_path(below, entry.key);
        if (entry.key == "length") {
            good =
                read_count(entry.value, "prefix length", 0, 128, part.length, at, errors) && good;
        } else if (entry.key == "weight") {
            good = read_count(entry.value, "weight", 1, 1'000'000, part.weight, at, errors) && good;
        } else {
            Node at_key;
            at_key.origin = entry.origin;
            good = errors.error(at_key, "unknown key; the keys here are length and weight", at);
        }
    }
    if (node.find("length") == nullptr) good = errors.error(node, "needs the key 'length'", below);
    return good;
}

void check_route(const T& p, CheckReport& r) {
    if (p.prefix.has_value() == p.generate.has_value()) {
        r.error({}, p.prefix.has_value() ? "has both 'prefix' and 'generate'; give one"
                                         : "needs the key 'prefix' or 'generate'");
    }
    if (p.prefix.has_value()) {
        for (const auto* key : {"ip", "prefix_lengths", "seed"}) {
            if (r.given(key)) r.error(key, "applies to generated routes only");
        }
    }
    for (const auto& part : p.prefix_lengths.parts) {
        if (p.ip == RouteVersion::v4 && part.length > 32) {
            r.error("prefix_lengths",
                    "'" + std::to_string(part.length) + "' is no IPv4 prefix length (0 to 32)");
        }
    }
}

}  // namespace

bool ValueText<PrefixLengths>::parse(const Node& node, PrefixLengths& value, ValueErrors& errors) {
    value.parts.clear();
    if (node.is_scalar() && node.text == "internet") return true;
    if (!node.is_list()) return read_part(node, value.parts.emplace_back(), {}, errors);
    if (node.items.empty()) return errors.error(node, "an empty list of prefix lengths");
    bool good = true;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        good =
            read_part(node.items[i], value.parts.emplace_back(), std::to_string(i), errors) && good;
    }
    return good;
}

std::string ValueText<PrefixLengths>::print(const PrefixLengths& value) {
    if (value.internet()) return "internet";
    std::string out;
    for (const auto& part : value.parts) {
        out += out.empty() ? "" : ", ";
        out += part.weight == 1 ? std::to_string(part.length)
                                : "{length: " + std::to_string(part.length) +
                                      ", weight: " + std::to_string(part.weight) + "}";
    }
    return value.parts.size() == 1 && value.parts.front().weight == 1 ? out : "[" + out + "]";
}

const ParamTable& RouteParams::params() {
    static const ParamTable table =
        make_table<T>(
            "static routes",
            {
                value("prefix", &T::prefix, std::nullopt, "one route, IPv4 or IPv6", "choice",
                      {"quickstart",
                       "198.51.100.0/24",
                       "latency.mean",
                       "routes.0.prefix",
                       {"routes.0={prefix: 10.0.0.0/8, to: host0.wire1}"}}),
                param("generate", &T::generate, std::nullopt, 1, 2'000'000,
                      "how many routes to generate, all different", "choice",
                      {scenario, "100", "latency.mean", "routes.1.generate", unhurried}),
                required(
                    text("to", &T::to, "", "where frames leave: host0.wire1",
                         {scenario, "host0.wire0", "latency.mean", "routes.1.to", only_these})),
                choice("ip", &T::ip, RouteVersion::v4,
                       {{"v4", RouteVersion::v4}, {"v6", RouteVersion::v6}},
                       "IP version of generated routes", "choice",
                       {scenario, "v6", "latency.mean", "routes.1.ip", unhurried}),
                value("prefix_lengths", &T::prefix_lengths, {}, "lengths of generated prefixes",
                      "internet: the mix of a full table",
                      {scenario, "28", "latency.mean", "routes.1.prefix_lengths", unhurried}),
                absent_as("auto",
                          param("seed", &T::seed, std::nullopt, 0,
                                std::numeric_limits<std::int64_t>::max(),
                                "of generated routes; auto follows the scenario's seed", "choice",
                                {scenario,
                                 "11",
                                 "latency.mean",
                                 "routes.1.seed",
                                 {"east.rate=20 %", "routes.1.generate=4",
                                  "routes.1.prefix_lengths=[16, 30]"}})),
            })
            .check(check_route);
    return table;
}

}  // namespace snsim

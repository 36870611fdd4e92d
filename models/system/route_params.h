// Parameters of static routes: written out, or generated in numbers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/base/params.h"
#include "models/system/address_values.h"

namespace snsim {

/// Lengths of generated prefixes: `internet` (the mix of a full table), `24`, or
/// `[{length: 24, weight: 6}, {length: 16, weight: 1}]`.
struct PrefixLengths {
    struct Part {
        std::int64_t length = 24;
        std::int64_t weight = 1;
    };
    std::vector<Part> parts;  ///< empty: the mix of a full table

    [[nodiscard]] bool internet() const { return parts.empty(); }
};

template <>
struct ValueText<PrefixLengths> {
    static std::string type() { return "internet, a length, or a list of lengths"; }
    static bool parse(const Node& node, PrefixLengths& value, ValueErrors& errors);
    static std::string print(const PrefixLengths& value);
};

enum class RouteVersion { v4, v6 };

struct RouteParams {
    std::optional<IpPrefix> prefix;
    std::optional<std::int64_t> generate;  ///< how many; exactly one of the two is given
    std::string to;                        ///< instance path of an endpoint
    RouteVersion ip;                       ///< of generated routes
    PrefixLengths prefix_lengths;
    std::optional<std::int64_t> seed;  ///< absent: follows the scenario's
    static const ParamTable& params();
};

}  // namespace snsim

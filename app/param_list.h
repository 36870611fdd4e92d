// All parameters of a scenario as a flat list, and the choice of some by a path.
#pragma once

#include <string>
#include <vector>

#include "models/base/param_table.h"

namespace snsim {

struct ListedParam {
    std::string path;  ///< `<host>.card.asic.clock`, `routes.<n>.to`
    const Row* row;
    std::string condition;  ///< `kind: firewall`, or empty
};

[[nodiscard]] std::vector<ListedParam> list_params();

/// Whether a parameter lies at or below a path as users write it: `host0.card.asic`,
/// `traffic.rate`, `hosts.0.card`, `windows`.
[[nodiscard]] bool lies_below(const std::string& path, const std::string& query);

}  // namespace snsim

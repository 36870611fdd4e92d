// The names that metrics can have in the scenarios of a sweep, with their units: formulas and lists
// of what is kept are checked against them before anything is simulated.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "models/system/scenario.h"

namespace snsim {

class MetricNames {
  public:
    /// Those of a plain run of the scenario, or of its search `find` if that is not empty.
    void add_scenario(const Scenario& scenario, const std::string& find);
    void add(const std::string& name, const std::string& unit) { units_[name] = unit; }

    [[nodiscard]] bool known(const std::string& name) const;
    /// With * for any text.
    [[nodiscard]] bool any_matches(const std::string& pattern) const;
    /// `; did you mean 'x'?`, or how to find what there is.
    [[nodiscard]] std::string hint(const std::string& name) const;
    /// Empty for plain numbers.
    [[nodiscard]] std::string unit(const std::string& name) const;

    /// Whether some run or other can have a metric of this name.
    [[nodiscard]] static bool reserved(const std::string& name);

  private:
    void add_run(const std::string& prefix);
    void add_link(const std::string& prefix);
    /// Of a family whose members only a run knows: blocks' power.
    [[nodiscard]] bool open(const std::string& name) const;

    std::map<std::string, std::string> units_;  ///< by name
    std::set<std::string> prefixes_;            ///< of plain runs: "", `host0.`, `clients.`
};

}  // namespace snsim

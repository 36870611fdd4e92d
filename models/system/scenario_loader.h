// From a scenario file to a bound, checked scenario.
//
// Layers, the later winning: defaults of the parameter tables, profiles, the scenario file, --set
// from left to right. Everything wrong is collected; nothing is simulated before all is right.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/base/diagnostics.h"
#include "models/system/library.h"
#include "models/system/scenario.h"
#include "models/system/yaml_reader.h"

namespace snsim {

/// One value set from outside, by what a file says.
struct Setting {
    std::string path;
    Node value;
    Origin origin;  ///< of the path
};

struct LoadOptions {
    std::vector<std::string> sets;    ///< PATH=VALUE as given to --set, in order
    std::string seed;                 ///< as given to --seed; empty: not given
    std::vector<Setting> settings{};  ///< applied after `sets`, in order
    YamlFiles* files = nullptr;       ///< what was read before; none: everything is read anew
};

/// A profile the scenario uses, for the results file.
struct UsedProfile {
    std::string kind;  ///< cards
    std::string name;  ///< dsc-100
    std::string text;
};

struct LoadedScenario {
    std::string path;  ///< of the file; empty when there is none
    Scenario scenario;
    Node tree;  ///< all layers merged: the origin of every value
    std::vector<UsedProfile> profiles;
    Diagnostics diagnostics;  ///< `scenario` is good only if this is

    [[nodiscard]] bool ok() const { return diagnostics.ok(); }
};

/// `name` is a path or the bare name of one of the library's scenarios.
[[nodiscard]] LoadedScenario load_scenario(const std::string& name, const Library& library,
                                           const LoadOptions& options = {});

/// The whole scenario as YAML that loads to the same: given values as text, defaults as comments.
/// `without`: sections to leave out.
[[nodiscard]] std::string resolved_yaml(const LoadedScenario& loaded,
                                        std::vector<std::string_view> without = {});

}  // namespace snsim

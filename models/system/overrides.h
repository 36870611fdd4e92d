// --set PATH=VALUE: one value of a scenario changed from outside.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/base/diagnostics.h"
#include "models/base/param_table.h"
#include "models/system/yaml_reader.h"

namespace snsim {

/// Sets one value in a scenario's tree. Paths are names before indices (`host0.card.asic.clock`,
/// `clients.frame_size`), with `hosts.0.card` as an alias; an index equal to a list's length
/// appends. A path no table knows is an error, and so is a value that is no YAML. `origin` is what
/// messages cite and where relative file names start.
void apply_setting(const ParamTable& table, Node& tree, const std::string& path, Node value,
                   const Origin& origin, Diagnostics& diagnostics);
/// The parts of `PATH=VALUE`; nothing after telling what is wrong.
[[nodiscard]] std::optional<std::pair<std::string, Node>> read_setting(const std::string& text,
                                                                       const Origin& origin,
                                                                       Diagnostics& diagnostics);
/// Sets one value by `PATH=VALUE`.
void apply_override(const ParamTable& table, Node& tree, const std::string& text,
                    const Origin& origin, Diagnostics& diagnostics);

/// Where a path as users write it leads.
struct Located {
    std::string path;                  ///< canonical
    std::vector<std::string> place{};  ///< the steps by key and index, whatever is named how
    std::string error;                 ///< empty when the tables know the path
    const Leaf* leaf = nullptr;        ///< when it is one value, and not a part of a structured one
};
[[nodiscard]] Located locate(const ParamTable& table, const Node& tree, const std::string& path);

/// Puts the lists of files named in place of lists (`rules: web.yaml`) into the tree.
void include_lists(const ParamTable& table, Node& section, YamlFiles& files,
                   Diagnostics& diagnostics, const std::string& path = {});

}  // namespace snsim

// YAML text to a tree, with the line and column of every key and value.
//
// A strict reader: what YAML would quietly turn into something else is an error here. Refused are
// duplicate keys, tabs in indentation, merge keys (<<), tags, keys that are not text and several
// documents in a file. Scalars stay text: 010, yes and off mean nothing before a parameter reads
// them, and none takes them for a number or a truth value. Anchors and aliases work; the values
// keep the place of the anchor.
#pragma once

#include <memory>
#include <string>

#include "models/base/diagnostics.h"
#include "models/base/value_tree.h"

namespace snsim {

/// `source` names the text in messages. On errors, which go to `diagnostics`, the tree holds what
/// could be read.
[[nodiscard]] Node read_yaml(const std::string& text, std::shared_ptr<const Source> source,
                             Diagnostics& diagnostics);

/// The value of a command-line option: its nodes carry `origin`, lines and columns do not count.
[[nodiscard]] Node read_yaml_value(const std::string& text, const Origin& origin,
                                   Diagnostics& diagnostics);

/// A file; `name` is how messages call it. `read` is false when it cannot be read.
[[nodiscard]] Node read_yaml_file(const std::string& path, const std::string& name, int rank,
                                  Diagnostics& diagnostics, bool& read);

}  // namespace snsim

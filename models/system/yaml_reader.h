// YAML text to a tree, with the line and column of every key and value.
//
// A strict reader: what YAML would quietly turn into something else is an error here. Refused are
// duplicate keys, tabs in indentation, merge keys (<<), tags, keys that are not text and several
// documents in a file. Scalars stay text: 010, yes and off mean nothing before a parameter reads
// them, and none takes them for a number or a truth value. Anchors and aliases work; the values
// keep the place of the anchor.
#pragma once

#include <map>
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

/// Files as they were when they were first read, so that many scenarios can be loaded from one
/// state of them, and quickly.
class YamlFiles {
  public:
    /// `name` is how messages call the file. `read` is false when it cannot be read.
    [[nodiscard]] Node read(const std::string& path, const std::string& name, int rank,
                            Diagnostics& diagnostics, bool& read);
    /// The text of a file that was read; empty if it was not.
    [[nodiscard]] const std::string& text(const std::string& path) const;
    /// Paths and texts of all files read, ordered by path.
    [[nodiscard]] const std::map<std::string, std::string>& texts() const { return texts_; }

  private:
    std::map<std::string, std::string> texts_;
    std::map<std::string, Node> trees_;  ///< of files without errors
};

}  // namespace snsim

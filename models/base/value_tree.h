// Scenario text as a tree that remembers where every value and key came from.
//
// A node is nothing, a scalar (still text), a list or a map whose keys keep their order. It knows
// no file format and no types: the reader builds it, parameter tables give it meaning. Layers
// (profile, scenario, --set) are merged as trees, so every value keeps the origin that set it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace snsim {

/// A file, or a label such as `--set #2`.
struct Source {
    std::string name;       ///< as messages show it
    std::string directory;  ///< relative file names inside are resolved against this
    int rank = 0;           ///< messages are sorted by it: scenario, profiles, then options
    bool is_file = true;
};

/// Where a key or value was written; nowhere means that it is a default.
struct Origin {
    std::shared_ptr<const Source> source;
    int line = 0;    ///< from 1; 0 where the source has no lines
    int column = 0;  ///< from 1

    /// `FILE:LINE:COL`, the label alone, or `default`.
    [[nodiscard]] std::string text() const;
    /// `FILE:LINE`, the label alone, or `default`.
    [[nodiscard]] std::string short_text() const;
    [[nodiscard]] bool known() const { return source != nullptr; }
};

[[nodiscard]] Origin labelled(std::string label, std::string directory, int rank);

struct Entry;

struct Node {
    enum class Kind { null, scalar, list, map };

    Kind kind = Kind::null;
    std::string text;            ///< of a scalar
    bool quoted = false;         ///< the scalar stood in quotes
    std::vector<Node> items;     ///< of a list
    std::vector<Entry> entries;  ///< of a map, in the order written
    Origin origin;

    [[nodiscard]] static Node scalar(std::string text, Origin origin = {});
    [[nodiscard]] static Node list(std::vector<Node> items, Origin origin = {});
    [[nodiscard]] static Node map(std::vector<Entry> entries, Origin origin = {});

    [[nodiscard]] bool is_null() const { return kind == Kind::null; }
    [[nodiscard]] bool is_scalar() const { return kind == Kind::scalar; }
    [[nodiscard]] bool is_list() const { return kind == Kind::list; }
    [[nodiscard]] bool is_map() const { return kind == Kind::map; }

    /// The value of a key, or nullptr; also when this is no map.
    [[nodiscard]] const Node* find(std::string_view key) const;
    [[nodiscard]] Node* find(std::string_view key);
    [[nodiscard]] const Entry* entry(std::string_view key) const;
    /// Replaces the value of a key or appends it; nothing becomes a map.
    Node& set(const std::string& key, Node value, const Origin& key_origin);
    /// `name:` of a map, or empty.
    [[nodiscard]] std::string_view name() const;
    /// One line of YAML: `{size: 64 B, weight: 7}`; scalars as written, quoted where needed.
    [[nodiscard]] std::string flow() const;
    /// "a list", "a map of keys", "nothing", "'text'".
    [[nodiscard]] std::string described() const;
};

struct Entry {
    std::string key;
    Origin origin;
    Node value;
};

/// Maps merge key by key; scalars and lists of `over` replace those of `base`. Keys keep the order
/// of `base`, new ones follow.
[[nodiscard]] Node merge(Node base, const Node& over);

/// Dotted path to its steps; an empty step stays empty.
[[nodiscard]] std::vector<std::string> split_path(std::string_view path);
[[nodiscard]] std::string join_path(std::string_view parent, std::string_view step);

/// The node at a path, or nullptr. A step is a key, the name of an element in a list below this
/// map (`host0` for `hosts.0`), or, in a list, a name or an index.
[[nodiscard]] const Node* find_path(const Node& root, std::string_view path);
[[nodiscard]] Node* find_path(Node& root, std::string_view path);

/// The index a path step denotes; -1 when it is not a number.
[[nodiscard]] int path_index(std::string_view step);

/// Text as a YAML scalar: quoted only where plain text would not read back as the same string.
[[nodiscard]] std::string scalar_text(std::string_view text);

}  // namespace snsim

#include "models/system/overrides.h"

#include <algorithm>

#include "models/base/param_values.h"
#include "models/system/library.h"
#include "models/system/yaml_reader.h"

namespace snsim {
namespace {

/// Walks a path through tree and tables together, creating what the tables know.
class Walker {
  public:
    Walker(const ParamTable& table, Node& tree, const Origin& origin)
        : node_(&tree), table_(&table), origin_(origin) {}

    /// False with `error` set when the path leads nowhere.
    bool step(const std::string& step) {
        switch (at_) {
            case At::section: return into_section(step);
            case At::list: return into_list(step);
            case At::leaf: return into_value(step);
        }
        return false;
    }

    /// False with `error` set when the value cannot stand here.
    bool put(Node value) {
        if (at_ == At::section) {
            expand_shorthands(*table_, value);
            if (value.is_scalar() || value.is_list()) {
                error_ = value.described() + " stands where keys are wanted, as in '{" +
                         table_->rows().front()->key + ": ...}'";
                return false;
            }
            if (!node_->is_null()) value = merge(std::move(*node_), value);
        } else if (at_ == At::list) {
            for (Node& item : value.items) expand_shorthands(*table_, item);
        }
        *node_ = std::move(value);
        return true;
    }

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] const std::vector<std::string>& place() const { return place_; }
    /// The row of the value reached, when the path ends at it.
    [[nodiscard]] const Leaf* leaf() const { return inside_value_ ? nullptr : leaf_; }
    [[nodiscard]] const std::string& error() const { return error_; }

  private:
    enum class At { section, list, leaf };

    bool fail(const std::string& step, std::string message) {
        path_ = join_path(path_, step);
        error_ = std::move(message);
        return false;
    }

    bool into_section(const std::string& step) {
        if (node_->is_scalar()) expand_shorthands(*table_, *node_);
        if (!node_->is_map() && !node_->is_null()) {
            return fail(step, "cannot be set, for " + node_->described() + " stands above it");
        }
        const Row* row = table_->find(step);
        if (row == nullptr) return into_named(step);
        if (row->kind == Row::Kind::reserved) {
            return fail(step, "'" + step + "' is not yet modelled (" + row->meaning + ")");
        }
        Node* child = node_->find(step);
        if (child == nullptr) {
            Node empty;
            empty.origin = origin_;
            if (node_->is_null()) node_->origin = origin_;
            child = &node_->set(step, std::move(empty), origin_);
        }
        node_ = child;
        owner_ = path_;
        path_ = join_path(path_, step);
        place_.push_back(step);
        if (row->kind == Row::Kind::section) {
            table_ = &static_cast<const Section&>(*row).table();
        } else if (row->kind == Row::Kind::list) {
            list_ = static_cast<const List*>(row);
            table_ = &list_->table();
            at_ = At::list;
        } else {
            at_ = At::leaf;
            leaf_ = static_cast<const Leaf*>(row);
        }
        return true;
    }

    /// `clients` for `traffic.0`.
    bool into_named(const std::string& step) {
        std::vector<std::string> known = table_->keys();
        for (const RowPtr& row : table_->rows()) {
            if (row->kind != Row::Kind::list) continue;
            Node* list = node_->find(row->key);
            if (list == nullptr) continue;
            for (Node& item : list->items) {
                if (item.name().empty()) continue;
                if (item.name() != step) {
                    known.emplace_back(item.name());
                    continue;
                }
                place_.push_back(row->key);
                place_.push_back(std::to_string(&item - list->items.data()));
                node_ = &item;
                table_ = &static_cast<const List&>(*row).table();
                path_ = join_path(path_, step);
                return true;
            }
        }
        std::string more = did_you_mean(step, known);
        if (more.empty()) more = "; known here are " + listing(known);
        return fail(step, "unknown key" + more);
    }

    bool into_list(const std::string& step) {
        if (node_->is_null()) {
            *node_ = Node::list({}, origin_);
        } else if (!node_->is_list()) {
            return fail(step, "cannot be set, for " + node_->described() +
                                  " stands where a list is wanted");
        }
        const int index = path_index(step);
        if (index < 0) {
            std::vector<std::string> names;
            for (Node& item : node_->items) {
                if (item.name() == step) return enter_element(item, join_path(owner_, step));
                if (!item.name().empty()) names.emplace_back(item.name());
            }
            return fail(step, "there is no such element" + did_you_mean(step, names) +
                                  " (known: " + listing(names) + ")");
        }
        const auto at = static_cast<std::size_t>(index);
        if (!reach(at)) return fail(step, beyond(at));
        return enter_element(node_->items[at], element_path(owner_, *list_, node_->items[at], at));
    }

    bool enter_element(Node& element, std::string path) {
        place_.push_back(std::to_string(&element - node_->items.data()));
        node_ = &element;
        path_ = std::move(path);
        at_ = At::section;
        return true;
    }

    /// Inside a structured value: `clients.frame_size.1.weight`.
    bool into_value(const std::string& step) {
        inside_value_ = true;
        const bool of_list = path_index(step) == 0 || leaf_->schema() == SchemaType::texts;
        if (node_->is_null() && of_list) *node_ = Node::list({}, origin_);
        if (node_->is_list()) {
            const int index = path_index(step);
            if (index < 0) return fail(step, "'" + step + "' is no index of a list");
            if (!reach(static_cast<std::size_t>(index))) {
                return fail(step, beyond(static_cast<std::size_t>(index)));
            }
            node_ = &node_->items[static_cast<std::size_t>(index)];
        } else if (node_->is_map()) {
            Node* child = node_->find(step);
            if (child == nullptr) child = &node_->set(step, Node{}, origin_);
            node_ = child;
        } else {
            return fail(step, "unknown key; '" + path_ + "' is a single value");
        }
        path_ = join_path(path_, step);
        // 01 and 1 are one place.
        place_.push_back(path_index(step) < 0 ? step : std::to_string(path_index(step)));
        return true;
    }

    /// An index equal to the length appends.
    bool reach(std::size_t index) {
        if (index > node_->items.size()) return false;
        if (index == node_->items.size()) {
            node_->items.emplace_back();
            node_->items.back().origin = origin_;
        }
        return true;
    }

    [[nodiscard]] std::string beyond(std::size_t index) const {
        const std::string length = std::to_string(node_->items.size());
        return "index " + std::to_string(index) + " is beyond the end; the list has " + length +
               (node_->items.size() == 1 ? " element" : " elements") + ", and index " + length +
               " appends";
    }

    Node* node_;
    const ParamTable* table_;
    const List* list_ = nullptr;
    const Leaf* leaf_ = nullptr;
    bool inside_value_ = false;
    At at_ = At::section;
    std::string path_;
    std::vector<std::string> place_;
    std::string owner_;  // path of what holds the list
    std::string error_;
    Origin origin_;
};

std::string trimmed(const std::string& text) {
    const auto from = text.find_first_not_of(" \t");
    if (from == std::string::npos) return {};
    return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

}  // namespace

std::optional<std::pair<std::string, Node>> read_setting(const std::string& text,
                                                         const Origin& origin,
                                                         Diagnostics& diagnostics) {
    const auto equals = text.find('=');
    const std::string path = trimmed(text.substr(0, equals));
    if (equals == std::string::npos || path.empty()) {
        diagnostics.error(origin, {},
                          "'" + text + "' is not PATH=VALUE, as in clients.rate='50 %'");
        return std::nullopt;
    }
    const std::size_t errors = diagnostics.size();
    Node value = read_yaml_value(text.substr(equals + 1), origin, diagnostics);
    if (diagnostics.size() != errors) return std::nullopt;
    return std::pair(path, std::move(value));
}

void apply_override(const ParamTable& table, Node& tree, const std::string& text,
                    const Origin& origin, Diagnostics& diagnostics) {
    auto setting = read_setting(text, origin, diagnostics);
    if (!setting) return;
    apply_setting(table, tree, setting->first, std::move(setting->second), origin, diagnostics);
}

Located locate(const ParamTable& table, const Node& tree, const std::string& path) {
    Node scratch = tree;
    Walker walker(table, scratch, {});
    for (const std::string& step : split_path(path)) {
        if (!walker.step(step)) return {walker.path(), {}, walker.error(), nullptr};
    }
    return {walker.path(), walker.place(), {}, walker.leaf()};
}

void apply_setting(const ParamTable& table, Node& tree, const std::string& path, Node value,
                   const Origin& origin, Diagnostics& diagnostics) {
    Node changed = tree;  // a path that fails half-way leaves no trace
    Walker walker(table, changed, origin);
    for (const std::string& step : split_path(path)) {
        if (!walker.step(step)) {
            diagnostics.error(origin, walker.path(), walker.error());
            return;
        }
    }
    if (!walker.put(std::move(value))) {
        diagnostics.error(origin, walker.path(), walker.error());
        return;
    }
    tree = std::move(changed);
}

namespace {

void include_list(const List& row, Node& node, YamlFiles& files, const std::string& path,
                  Diagnostics& diagnostics) {
    FilePath file;
    ValueErrors errors;
    if (!ValueText<FilePath>::parse(node, file, errors)) {
        diagnostics.error(node.origin, path, errors.all().front().message);
        node = Node::list({}, node.origin);
        return;
    }
    constexpr int rank = 500;  // after the scenario and its profiles
    bool read = false;
    Node list = files.read(file.path, shown_path(file.path), rank, diagnostics, read);
    if (!read) diagnostics.error(node.origin, path, "cannot read '" + file.given + "'");
    if (list.is_map() && list.entries.size() == 1 && list.entries.front().key == row.key) {
        Node inner = std::move(list.entries.front().value);
        list = std::move(inner);
    }
    if (!list.is_list() && !list.is_null()) {
        diagnostics.error(list.origin, path,
                          list.described() + " stands where a list is wanted, or '" + row.key +
                              ':' + "' with one");
    }
    if (!list.is_list()) list = Node::list({}, list.origin);
    node = std::move(list);
}

}  // namespace

void include_lists(const ParamTable& table, Node& section, YamlFiles& files,
                   Diagnostics& diagnostics, const std::string& path) {
    for (Entry& entry : section.entries) {
        const Row* row = table.find(entry.key);
        if (row == nullptr) continue;
        const std::string at = join_path(path, entry.key);
        if (row->kind == Row::Kind::section) {
            include_lists(static_cast<const Section&>(*row).table(), entry.value, files,
                          diagnostics, at);
        } else if (row->kind == Row::Kind::list) {
            const auto& list = static_cast<const List&>(*row);
            if (list.or_file && entry.value.is_scalar()) {
                include_list(list, entry.value, files, at, diagnostics);
            }
            for (std::size_t i = 0; i < entry.value.items.size(); ++i) {
                Node& item = entry.value.items[i];
                include_lists(list.table(), item, files, diagnostics,
                              element_path(path, list, item, i));
            }
        }
    }
}

}  // namespace snsim

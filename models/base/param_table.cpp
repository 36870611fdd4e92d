#include "models/base/param_table.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "models/base/params.h"

namespace snsim {

Witness no_witness(std::string reason) {
    Witness witness;
    witness.reason = std::move(reason);
    return witness;
}

Witness refused(std::string scenario, std::string value, std::string where,
                std::vector<std::string> with) {
    return {std::move(scenario), std::move(value), Witness::refusal, std::move(where),
            std::move(with)};
}

std::string Witness::sentence(std::size_t most_settings) const {
    std::string settings;
    for (const std::string& setting : with) settings += (settings.empty() ? "" : ", ") + setting;
    if (with.size() > most_settings) settings = std::to_string(with.size()) + " other settings";
    return "in " + scenario + (settings.empty() ? "" : " with " + settings) + ", '" + value + "' " +
           (metric == refusal ? "is refused" : "changes " + metric);
}

RowPtr reserved(std::string key, std::string meaning) {
    return std::make_shared<Reserved>(std::move(key), std::move(meaning));
}

RowPtr required(RowPtr row) {
    row->required = true;
    return row;
}

RowPtr planned(std::vector<std::string> words, RowPtr row) {
    dynamic_cast<Leaf&>(*row).planned = std::move(words);
    return row;
}

RowPtr absent_as(std::string word, RowPtr row) {
    dynamic_cast<Leaf&>(*row).absent_word = std::move(word);
    return row;
}

namespace detail {

bool step(std::int64_t& value, int direction) {
    const auto end = direction > 0 ? std::numeric_limits<std::int64_t>::max()
                                   : std::numeric_limits<std::int64_t>::min();
    if (value == end) return false;
    value += direction;
    return true;
}

bool step(double& value, int direction) {
    const double end =
        direction > 0 ? std::numeric_limits<double>::max() : std::numeric_limits<double>::lowest();
    value = std::nextafter(value, end);
    return value < end || value > end;
}

}  // namespace detail

std::string Leaf::hint() const {
    std::string out;
    const auto add = [&out](const std::string& part) { out += (out.empty() ? "" : ", ") + part; };
    const std::string preset = default_text();
    if (!preset.empty() && preset != "\"\"" && preset != "[]") add("default " + preset);
    if (!lower_text().empty()) add("range " + lower_text() + " to " + upper_text());
    if (const auto words = choices(); !words.empty()) add("one of " + listing(words, "or"));
    return out.empty() ? out : "(" + out + ")";
}

void CheckReport::error(std::string_view key, std::string message) {
    const Node* at = &section_;
    if (!key.empty()) {
        if (const Node* written = find_path(section_, key)) at = written;
    }
    diagnostics_.error(at->origin, key.empty() ? path_ : join_path(path_, key), std::move(message));
}

namespace {
/// Nothing is written there, or only sections in which nothing is.
bool says_nothing(const Node& node) {
    if (!node.is_map()) return node.is_null();
    return std::all_of(node.entries.begin(), node.entries.end(),
                       [](const Entry& entry) { return says_nothing(entry.value); });
}
}  // namespace

bool CheckReport::given(std::string_view key) const {
    const Node* node = find_path(section_, key);
    return node != nullptr && !says_nothing(*node);
}

ParamTable::ParamTable(std::string about, std::vector<RowPtr> rows)
    : about_(std::move(about)), rows_(std::move(rows)) {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (rows_[i]->key == rows_[j]->key && rows_[i]->kind != Row::Kind::alternative) {
                throw std::logic_error("parameter table declares '" + rows_[i]->key + "' twice");
            }
        }
    }
}

const Row* ParamTable::find(std::string_view key) const {
    for (const RowPtr& row : rows_) {
        if (row->kind != Row::Kind::alternative && row->key == key) return row.get();
    }
    for (const RowPtr& row : rows_) {
        if (row->kind != Row::Kind::alternative) continue;
        if (const Row* found = static_cast<const Alternative&>(*row).table().find(key)) {
            return found;
        }
    }
    return nullptr;
}

std::vector<std::string> ParamTable::keys(std::string_view choice) const {
    std::vector<std::string> out;
    for (const RowPtr& row : rows_) {
        if (row->kind == Row::Kind::reserved) continue;
        if (row->kind != Row::Kind::alternative) {
            out.push_back(row->key);
        } else if (choice.empty() || row->key == choice) {
            const auto more = static_cast<const Alternative&>(*row).table().keys();
            for (const std::string& key : more) {
                if (std::find(out.begin(), out.end(), key) == out.end()) out.push_back(key);
            }
        }
    }
    return out;
}

void ParamTable::set_defaults(void* object) const {
    for (const RowPtr& row : rows_) {
        if (row->kind == Row::Kind::leaf) {
            static_cast<const Leaf&>(*row).set_default(row->member(object));
        } else if (row->kind == Row::Kind::section) {
            static_cast<const Section&>(*row).table().set_defaults(row->member(object));
        }
    }
    for (const Derive& derive : derivations_) derive(object);
}

std::string element_path(const std::string& parent, const List& list, const Node& element,
                         std::size_t index) {
    const std::string_view name = element.name();
    const bool usable = !name.empty() && path_index(name) < 0 &&
                        name.find_first_of(". \t") == std::string_view::npos;
    if (list.table().named() && usable) return join_path(parent, name);
    return join_path(join_path(parent, list.key), std::to_string(index));
}

namespace {

const Node& nothing() {
    static const Node node;
    return node;
}

const Node& below(const Node& section, const std::string& key) {
    const Node* found = section.find(key);
    return found == nullptr ? nothing() : *found;
}

}  // namespace

void walk_values(const ParamTable& table, const void* object, const Node& section,
                 const std::string& path, const std::function<void(const ParamValue&)>& visit) {
    for (const RowPtr& row : table.rows()) {
        if (row->kind == Row::Kind::reserved) continue;
        const void* member = row->at(object);
        const Node& node = below(section, row->key);
        const std::string at = join_path(path, row->key);
        if (row->kind == Row::Kind::leaf) {
            const auto& leaf = static_cast<const Leaf&>(*row);
            visit({at, &leaf, leaf.print(member), node.origin});
        } else if (row->kind == Row::Kind::section) {
            walk_values(static_cast<const Section&>(*row).table(), member, node, at, visit);
        } else if (row->kind == Row::Kind::alternative) {
            const auto& choice = static_cast<const Alternative&>(*row);
            const void* chosen = choice.active(member);
            if (chosen != nullptr) walk_values(choice.table(), chosen, section, path, visit);
        } else {
            const auto& rows = static_cast<const List&>(*row);
            for (std::size_t i = 0; i < rows.size(member); ++i) {
                const Node& item = i < node.items.size() ? node.items[i] : nothing();
                walk_values(rows.table(), rows.element(member, i), item,
                            element_path(path, rows, item, i), visit);
            }
        }
    }
}

namespace {

std::string singular(const std::string& word) {
    constexpr std::string_view plural = "ches";
    if (word.size() > plural.size() &&
        word.compare(word.size() - plural.size(), plural.size(), plural) == 0) {
        return word.substr(0, word.size() - 2);
    }
    return word.size() > 1 && word.back() == 's' ? word.substr(0, word.size() - 1) : word;
}

}  // namespace

void walk_rows(
    const ParamTable& table, const std::string& path,
    const std::function<void(const std::string&, const Row&, const std::string&)>& visit) {
    for (const RowPtr& row : table.rows()) {
        if (row->kind == Row::Kind::alternative) {
            const auto& choice = static_cast<const Alternative&>(*row);
            const std::string condition = choice.selector + ": " + choice.key;
            walk_rows(choice.table(), path,
                      [&](const std::string& at, const Row& below_row, const std::string& inner) {
                          visit(at, below_row, inner.empty() ? condition : inner);
                      });
            continue;
        }
        const std::string at = join_path(path, row->key);
        visit(at, *row, {});
        if (row->kind == Row::Kind::section) {
            walk_rows(static_cast<const Section&>(*row).table(), at, visit);
        } else if (row->kind == Row::Kind::list) {
            const ParamTable& element = static_cast<const List&>(*row).table();
            walk_rows(element,
                      element.named() ? join_path(path, "<" + singular(row->key) + ">")
                                      : join_path(at, "<n>"),
                      visit);
        }
    }
}

void expand_shorthands(const ParamTable& table, Node& section) {
    if (section.is_scalar() && !table.shorthand().empty()) {
        const Origin origin = section.origin;
        Node value = std::move(section);
        section = Node::map({}, origin);
        section.set(table.shorthand(), std::move(value), origin);
    }
    for (Entry& entry : section.entries) {
        const Row* row = table.find(entry.key);
        if (row == nullptr) continue;
        if (row->kind == Row::Kind::section) {
            expand_shorthands(static_cast<const Section&>(*row).table(), entry.value);
        } else if (row->kind == Row::Kind::list) {
            for (Node& item : entry.value.items) {
                expand_shorthands(static_cast<const List&>(*row).table(), item);
            }
        }
    }
}

}  // namespace snsim

// Binding: from a tree to a struct, with every error on the way.
#include <algorithm>

#include "models/base/param_table.h"

namespace snsim {
namespace {

/// The alternative a section chose, or nullptr.
const Alternative* chosen(const ParamTable& table, const Node& section) {
    for (const RowPtr& row : table.rows()) {
        if (row->kind != Row::Kind::alternative) continue;
        const auto& choice = static_cast<const Alternative&>(*row);
        const Node* selector = section.find(choice.selector);
        if (selector != nullptr && selector->is_scalar() && selector->text == choice.key) {
            return &choice;
        }
    }
    return nullptr;
}

bool has_own_row(const ParamTable& table, const std::string& key) {
    return std::any_of(table.rows().begin(), table.rows().end(), [&](const RowPtr& row) {
        return row->kind != Row::Kind::alternative && row->key == key;
    });
}

/// Whether the section chose an alternative kept for later work, whose keys nobody knows yet.
bool chose_planned(const ParamTable& table, const Node& section) {
    return std::any_of(table.rows().begin(), table.rows().end(), [&](const RowPtr& row) {
        if (row->kind != Row::Kind::leaf) return false;
        const auto& words = static_cast<const Leaf&>(*row).planned;
        const bool selects =
            std::any_of(table.rows().begin(), table.rows().end(), [&](const RowPtr& other) {
                return other->kind == Row::Kind::alternative &&
                       static_cast<const Alternative&>(*other).selector == row->key;
            });
        const Node* chosen_word = section.find(row->key);
        return selects && chosen_word != nullptr && chosen_word->is_scalar() &&
               std::find(words.begin(), words.end(), chosen_word->text) != words.end();
    });
}

/// `kind: firewall or routing`: the alternatives that know a key.
std::string owners(const ParamTable& table, const std::string& key) {
    std::vector<std::string> words;
    std::string selector;
    for (const RowPtr& row : table.rows()) {
        if (row->kind != Row::Kind::alternative) continue;
        const auto& choice = static_cast<const Alternative&>(*row);
        if (choice.table().find(key) == nullptr) continue;
        selector = choice.selector;
        words.push_back(choice.key);
    }
    return words.empty() ? std::string() : selector + ": " + listing(words, "or");
}

class Binder {
  public:
    explicit Binder(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

    void keys(const ParamTable& table, const Node& section, const std::string& path) {
        const Alternative* choice = chosen(table, section);
        const bool planned = chose_planned(table, section);
        for (const Entry& entry : section.entries) {
            if (has_own_row(table, entry.key)) continue;
            if (choice != nullptr && choice->table().find(entry.key) != nullptr) continue;
            const std::string at = join_path(path, entry.key);
            const std::string elsewhere = owners(table, entry.key);
            if (choice != nullptr && !elsewhere.empty()) {
                diagnostics_.error(entry.origin, at,
                                   "is a key of " + elsewhere + ", not of " + choice->selector +
                                       ": " + choice->key);
            } else if (elsewhere.empty() && !planned) {
                unknown(table.keys(choice == nullptr ? std::string() : choice->key), entry, at);
            }
        }
    }

    void rows(const ParamTable& table, const Node& section, void* object, const std::string& path) {
        for (const RowPtr& row : table.rows()) {
            if (row->kind == Row::Kind::alternative) continue;
            const Entry* entry = section.entry(row->key);
            if (entry == nullptr) {
                absent(*row, section, object, path);
            } else {
                present(*row, *entry, object, join_path(path, row->key), path);
            }
        }
        if (const Alternative* choice = chosen(table, section)) {
            void* body = choice->activate(choice->member(object));
            choice->table().set_defaults(body);
            rows(choice->table(), section, body, path);
        }
    }

  private:
    void unknown(const std::vector<std::string>& known, const Entry& entry, const std::string& at) {
        std::string more = did_you_mean(entry.key, known);
        if (more.empty()) more = "; the keys here are " + listing(known);
        diagnostics_.error(entry.origin, at, "unknown key" + more);
    }

    void absent(const Row& row, const Node& section, void* object, const std::string& path) {
        if (row.required) {
            diagnostics_.error(section.origin, path,
                               "needs the key '" + row.key + "' (" + row.meaning + ")");
        }
        if (row.kind != Row::Kind::section) return;
        Node empty;
        empty.origin = section.origin;
        static_cast<const Section&>(row).table().bind(empty, row.member(object),
                                                      join_path(path, row.key), diagnostics_);
    }

    void present(const Row& row, const Entry& entry, void* object, const std::string& at,
                 const std::string& parent) {
        switch (row.kind) {
            case Row::Kind::leaf: leaf(static_cast<const Leaf&>(row), entry, object, at); break;
            case Row::Kind::section:
                static_cast<const Section&>(row).table().bind(entry.value, row.member(object), at,
                                                              diagnostics_);
                break;
            case Row::Kind::list:
                list(static_cast<const List&>(row), entry.value, row.member(object), at, parent);
                break;
            case Row::Kind::reserved:
                diagnostics_.error(entry.origin, at,
                                   "'" + row.key + "' is not yet modelled (" + row.meaning + ")");
                break;
            case Row::Kind::alternative: break;
        }
    }

    void leaf(const Leaf& row, const Entry& entry, void* object, const std::string& at) {
        ValueErrors errors;
        row.read(entry.value, row.member(object), errors);
        for (const auto& error : errors.all()) {
            const std::string hint = row.hint();
            const bool whole = error.below.empty() && !hint.empty();
            diagnostics_.error(error.origin.known() ? error.origin : entry.value.origin,
                               error.below.empty() ? at : join_path(at, error.below),
                               error.message + (whole ? " " + hint : std::string()));
        }
    }

    void list(const List& row, const Node& node, void* member, const std::string& at,
              const std::string& parent) {
        if (node.is_null()) return;
        if (!node.is_list()) {
            diagnostics_.error(node.origin, at,
                               node.described() + " stands where a list is wanted, as in '" +
                                   row.key + ": [...]'" +
                                   (row.or_file ? " or the name of a file with one" : ""));
            return;
        }
        row.resize(member, node.items.size());
        for (std::size_t i = 0; i < node.items.size(); ++i) {
            row.table().bind(node.items[i], row.element(member, i),
                             element_path(parent, row, node.items[i], i), diagnostics_);
        }
    }

    Diagnostics& diagnostics_;
};

}  // namespace

void ParamTable::bind(const Node& section, void* object, const std::string& path,
                      Diagnostics& diagnostics) const {
    for (const RowPtr& row : rows_) {
        if (row->kind == Row::Kind::leaf) {
            static_cast<const Leaf&>(*row).set_default(row->member(object));
        }
    }
    Node given = section;
    if (given.is_scalar()) expand_shorthands(*this, given);
    if (!given.is_map() && !given.is_null()) {
        diagnostics.error(given.origin, path,
                          given.described() + " stands where keys are wanted, as in '{" +
                              (rows_.empty() ? std::string() : rows_.front()->key) + ": ...}'");
        return;
    }
    const std::size_t errors = diagnostics.size();
    Binder binder(diagnostics);
    binder.keys(*this, given, path);
    binder.rows(*this, given, object, path);
    for (const Derive& derive : derivations_) derive(object);
    if (diagnostics.size() != errors) return;  // a check would judge values that are not there
    CheckReport report(given, path, diagnostics);
    for (const Check& check : checks_) check(object, report);
    if (const Alternative* choice = chosen(*this, given)) {
        void* body = const_cast<void*>(choice->active(choice->member(object)));
        const ParamTable& table = choice->table();
        for (const Derive& derive : table.derivations_) derive(body);
        for (const Check& check : table.checks_) check(body, report);
    }
}

}  // namespace snsim

// What holds for every row of every parameter table a scenario reaches.
#include <functional>
#include <gtest/gtest.h>
#include <set>

#include "models/base/params.h"
#include "models/system/scenario.h"
#include "models/system/yaml_reader.h"

namespace snsim {
namespace {

/// A table with fresh structs to bind into.
struct Reached {
    std::string path;
    const ParamTable* table;
};

void reach(const ParamTable& table, const std::string& path, std::vector<Reached>& out) {
    out.push_back({path, &table});
    for (const RowPtr& row : table.rows()) {
        const std::string at = join_path(path, row->key);
        if (row->kind == Row::Kind::section)
            reach(static_cast<const Section&>(*row).table(), at, out);
        if (row->kind == Row::Kind::list) reach(static_cast<const List&>(*row).table(), at, out);
        if (row->kind == Row::Kind::alternative) {
            reach(static_cast<const Alternative&>(*row).table(), at, out);
        }
    }
}

std::vector<Reached> all_tables() {
    std::vector<Reached> out;
    reach(Scenario::params(), {}, out);
    return out;
}

void each_leaf(const std::function<void(const std::string& path, const Leaf& leaf)>& visit) {
    for (const Reached& reached : all_tables()) {
        for (const RowPtr& row : reached.table->rows()) {
            if (row->kind != Row::Kind::leaf) continue;
            visit(join_path(reached.path, row->key), static_cast<const Leaf&>(*row));
        }
    }
}

/// Reads text as YAML into a value of the row's type and prints it again; empty on error.
class Value {
  public:
    explicit Value(const Leaf& leaf) : leaf_(leaf), scenario_(defaults<Scenario>()) {}

    bool read(const std::string& text) {
        Diagnostics syntax;
        const Node node = read_yaml_value(text, labelled("test", "scenarios", 0), syntax);
        ValueErrors errors;
        const bool good = syntax.ok() && leaf_.read(node, memory(), errors);
        error_ = errors.all().empty() ? syntax.text() : errors.all().front().message;
        return good;
    }
    [[nodiscard]] std::string print() { return leaf_.print(memory()); }
    [[nodiscard]] const std::string& error() const { return error_; }

  private:
    /// The row's member in a struct of its own kind, wherever the scenario holds one.
    void* memory() {
        if (memory_ == nullptr) find(Scenario::params(), &scenario_);
        return memory_;
    }
    void find(const ParamTable& table, void* object) {
        for (const RowPtr& row : table.rows()) {
            if (row.get() == &leaf_) memory_ = row->member(object);
            if (row->kind == Row::Kind::reserved || memory_ != nullptr) continue;
            void* member = row->member(object);
            if (row->kind == Row::Kind::section) {
                find(static_cast<const Section&>(*row).table(), member);
            } else if (row->kind == Row::Kind::list) {
                const auto& list = static_cast<const List&>(*row);
                list.resize(member, 1);
                list.table().set_defaults(list.element(member, 0));
                find(list.table(), list.element(member, 0));
            } else if (row->kind == Row::Kind::alternative) {
                const auto& choice = static_cast<const Alternative&>(*row);
                find(choice.table(), choice.activate(member));
            }
        }
    }

    const Leaf& leaf_;
    Scenario scenario_;
    void* memory_ = nullptr;
    std::string error_;
};

TEST(ParamRows, DefaultsAreValidAndPrintToWhatReadsBack) {
    each_leaf([](const std::string& path, const Leaf& leaf) {
        if (leaf.required) return;
        Value value(leaf);
        EXPECT_TRUE(value.read(leaf.default_text()))
            << path << " = " << leaf.default_text() << ": " << value.error();
        EXPECT_EQ(value.print(), leaf.default_text()) << path;
    });
}

TEST(ParamRows, BoundsAreAcceptedAndReadBack) {
    int bounded = 0;
    each_leaf([&](const std::string& path, const Leaf& leaf) {
        if (leaf.lower_text().empty()) return;
        ++bounded;
        for (const std::string& bound : {leaf.lower_text(), leaf.upper_text()}) {
            Value value(leaf);
            EXPECT_TRUE(value.read(bound)) << path << " = " << bound << ": " << value.error();
            EXPECT_EQ(value.print(), bound) << path;
        }
    });
    EXPECT_GT(bounded, 40);
}

TEST(ParamRows, JustOutsideTheBoundsIsRefused) {
    each_leaf([](const std::string& path, const Leaf& leaf) {
        for (const std::string& outside : {leaf.below_text(), leaf.above_text()}) {
            if (outside.empty()) continue;
            Value value(leaf);
            EXPECT_FALSE(value.read(outside)) << path << " = " << outside;
            EXPECT_NE(value.error().find("is too "), std::string::npos)
                << path << " = " << outside << ": " << value.error();
        }
    });
}

TEST(ParamRows, EveryWordOfAChoiceReadsBack) {
    each_leaf([](const std::string& path, const Leaf& leaf) {
        for (const std::string& word : leaf.choices()) {
            Value value(leaf);
            EXPECT_TRUE(value.read(word)) << path << ": " << value.error();
            EXPECT_EQ(value.print(), word) << path;
        }
        for (const std::string& word : leaf.planned) {
            Value value(leaf);
            EXPECT_FALSE(value.read(word)) << path;
            EXPECT_NE(value.error().find("not yet modelled"), std::string::npos) << path;
        }
    });
}

TEST(ParamRows, NonsenseIsRefused) {
    each_leaf([](const std::string& path, const Leaf& leaf) {
        if (leaf.type() == "text" || leaf.type() == "list of texts") return;
        for (const char* nonsense : {"(!)", "12 parsecs", "{no_such_key: 1}"}) {
            Value value(leaf);
            EXPECT_FALSE(value.read(nonsense)) << path << " = " << nonsense;
        }
    });
}

/// Misspellings people make: two letters swapped, one lost, one doubled.
std::vector<std::string> misspellings(const std::string& key) {
    std::vector<std::string> out;
    const std::size_t middle = key.size() / 2;
    std::string swapped = key;
    if (swapped[middle] != swapped[middle - 1]) {
        std::swap(swapped[middle], swapped[middle - 1]);
        out.push_back(swapped);
    }
    if (key.size() > 3) out.push_back(key.substr(0, middle) + key.substr(middle + 1));
    out.push_back(key.substr(0, middle) + key[middle] + key.substr(middle));
    return out;
}

TEST(ParamRows, MisspelledKeysAreRefusedWithTheRightSuggestion) {
    for (const Reached& reached : all_tables()) {
        const auto keys = reached.table->keys();
        const std::set<std::string> known(keys.begin(), keys.end());
        for (const std::string& key : keys) {
            if (key.size() < 3) continue;
            for (const std::string& wrong : misspellings(key)) {
                if (known.count(wrong) != 0 || reached.table->find(wrong) != nullptr) continue;
                EXPECT_EQ(nearest(wrong, keys), key) << reached.path << ": " << wrong;
            }
        }
    }
}

TEST(ParamRows, EveryRowSaysWhatItMeansAndWhereItComesFrom) {
    each_leaf([](const std::string& path, const Leaf& leaf) {
        EXPECT_FALSE(leaf.meaning.empty()) << path;
        EXPECT_FALSE(leaf.source.empty()) << path;
        EXPECT_TRUE(leaf.witness.given() != !leaf.witness.reason.empty())
            << path << " needs a witness, or the reason why there is none";
    });
    for (const Reached& reached : all_tables()) {
        EXPECT_FALSE(reached.table->about().empty()) << reached.path;
    }
}

TEST(ParamRows, WitnessesSetGoodValues) {
    each_leaf([](const std::string& path, const Leaf& leaf) {
        if (!leaf.witness.given()) return;
        Value value(leaf);
        EXPECT_TRUE(value.read(leaf.witness.value))
            << path << " = " << leaf.witness.value << ": " << value.error();
    });
}

TEST(ParamRows, KeysAreWrittenAsNames) {
    each_leaf([](const std::string& path, const Leaf& leaf) {
        EXPECT_EQ(leaf.key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"),
                  std::string::npos)
            << path;
    });
}

}  // namespace
}  // namespace snsim

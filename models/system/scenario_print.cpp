// The resolved scenario as YAML.
#include <algorithm>

#include "models/system/scenario_loader.h"

namespace snsim {
namespace {

const Node& child(const Node& section, const std::string& key) {
    static const Node nothing;
    const Node* found = section.find(key);
    return found == nullptr ? nothing : *found;
}

class Printer {
  public:
    explicit Printer(std::vector<std::string_view> without) : without_(std::move(without)) {}

    [[nodiscard]] std::string take() { return std::move(out_); }

    void section(const ParamTable& table, const void* object, const Node& node, int depth) {
        for (const RowPtr& row : table.rows()) {
            if (row->kind == Row::Kind::reserved || (depth == 0 && left_out(row->key))) continue;
            const void* member = row->at(object);
            const Node& below = child(node, row->key);
            if (row->kind == Row::Kind::leaf) {
                const auto& leaf = static_cast<const Leaf&>(*row);
                line(depth,
                     (below.origin.known() ? "" : "# ") + row->key + ": " + leaf.print(member));
            } else if (row->kind == Row::Kind::section) {
                line(depth, row->key + ":");
                section(static_cast<const Section&>(*row).table(), member, below, depth + 1);
            } else if (row->kind == Row::Kind::alternative) {
                const auto& choice = static_cast<const Alternative&>(*row);
                if (const void* chosen = choice.active(member)) {
                    if (node.find(choice.selector) != nullptr) {
                        section(choice.table(), chosen, node, depth);
                    }
                }
            } else {
                list(static_cast<const List&>(*row), member, below, depth);
            }
        }
    }

  private:
    [[nodiscard]] bool left_out(const std::string& section) const {
        return std::find(without_.begin(), without_.end(), section) != without_.end();
    }

    void line(int depth, const std::string& text) {
        out_ += std::string(static_cast<std::size_t>(depth) * 2, ' ') + text + "\n";
    }

    void list(const List& row, const void* member, const Node& node, int depth) {
        const std::size_t size = row.size(member);
        const bool given = size > 0 || node.origin.known();
        line(depth, (given ? "" : "# ") + row.key + (size == 0 ? ": []" : ":"));
        for (std::size_t i = 0; i < size; ++i) {
            static const Node nothing;
            const Node& item = i < node.items.size() ? node.items[i] : nothing;
            line(depth + 1, "-");
            section(row.table(), row.element(member, i), item, depth + 2);
        }
    }

    std::vector<std::string_view> without_;
    std::string out_;
};

}  // namespace

std::string resolved_yaml(const LoadedScenario& loaded, std::vector<std::string_view> without) {
    Printer printer(std::move(without));
    printer.section(Scenario::params(), &loaded.scenario, loaded.tree, 0);
    return printer.take();
}

}  // namespace snsim

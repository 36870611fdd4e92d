// snsim schema: the parameter tables as a JSON schema, so that editors complete and check
// scenarios.
#include <algorithm>
#include <fmt/core.h>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/options.h"
#include "app/param_list.h"
#include "models/system/scenario.h"
#include "observers/json.h"

namespace snsim {
namespace {

class SchemaWriter {
  public:
    /// The schema of a table's struct.
    [[nodiscard]] std::string object(const ParamTable& table, int depth) const {
        std::string required;
        std::string out = "{\"type\": \"object\", \"description\": " + json_text(table.about()) +
                          ", \"additionalProperties\": false, \"properties\": {";
        out += properties(table, depth + 1, required) + newline(depth) + "}";
        if (!required.empty()) out += ", \"required\": [" + required + "]";
        out += "}";
        if (table.shorthand().empty()) return out;
        return "{\"anyOf\": [" + out + ", " + value(table.find(table.shorthand())) + "]}";
    }

  private:
    static std::string newline(int depth) {
        return "\n" + std::string(static_cast<std::size_t>(depth) * 2, ' ');
    }

    [[nodiscard]] std::string properties(const ParamTable& table, int depth,
                                         std::string& required) const {
        std::string out;
        std::vector<std::string> written;
        add(table, depth, out, required, written);
        return out;
    }

    void add(const ParamTable& table, int depth, std::string& out, std::string& required,
             std::vector<std::string>& written) const {
        for (const RowPtr& row : table.rows()) {
            if (row->kind == Row::Kind::reserved) continue;
            if (row->kind == Row::Kind::alternative) {
                std::string not_always;  // what one kind requires, another may not know
                add(static_cast<const Alternative&>(*row).table(), depth, out, not_always, written);
                continue;
            }
            if (std::find(written.begin(), written.end(), row->key) != written.end()) continue;
            written.push_back(row->key);
            out += (out.empty() ? "" : ",") + newline(depth) + json_text(row->key) + ": " +
                   below(*row, depth);
            if (row->required) required += (required.empty() ? "" : ", ") + json_text(row->key);
        }
    }

    [[nodiscard]] std::string below(const Row& row, int depth) const {
        if (row.kind == Row::Kind::section) {
            return object(static_cast<const Section&>(row).table(), depth);
        }
        if (row.kind != Row::Kind::list) return value(&row);
        const auto& list = static_cast<const List&>(row);
        const std::string array =
            "{\"type\": \"array\", \"description\": " + json_text(row.meaning) +
            ", \"items\": " + object(list.table(), depth) + "}";
        return list.or_file ? "{\"anyOf\": [" + array + ", {\"type\": \"string\"}]}" : array;
    }

    /// The schema of one value.
    [[nodiscard]] static std::string value(const Row* row) {
        const auto& leaf = static_cast<const Leaf&>(*row);
        std::string out = "{\"description\": " + json_text(description(leaf));
        if (!leaf.required) out += ", \"default\": " + json_text(leaf.default_text());
        if (const auto words = leaf.choices(); !words.empty()) {
            return out + ", \"enum\": " + json_list(words, json_text) + "}";
        }
        return out + type(leaf) + "}";
    }

    static std::string description(const Leaf& leaf) {
        std::string out = leaf.meaning + " (" + leaf.type();
        if (!leaf.lower_text().empty()) {
            out += ", " + leaf.lower_text() + " to " + leaf.upper_text();
        }
        return out + ")";
    }

    static std::string type(const Leaf& leaf) {
        switch (leaf.schema()) {
            case SchemaType::text: return ", \"type\": [\"string\", \"number\"]";
            case SchemaType::count: return ", \"type\": [\"integer\", \"string\"]";
            case SchemaType::number: return ", \"type\": [\"number\", \"string\"]";
            case SchemaType::boolean: return ", \"type\": \"boolean\"";
            case SchemaType::texts:
                return ", \"type\": \"array\", \"items\": {\"type\": \"string\"}";
            case SchemaType::any: break;
        }
        return {};
    }
};

}  // namespace

int cmd_schema(const Arguments& arguments) {
    Options options(
        "schema", "schema",
        "Prints a JSON schema of scenario files. Editors with a YAML language server\n"
        "complete keys, show meanings and mark mistakes with it; 'snsim check' knows more.",
        "  snsim schema > snsim.schema.json\n"
        "  then, as the first line of a scenario:\n"
        "  # yaml-language-server: $schema=snsim.schema.json");
    bool help = false;
    (void)options.parse(arguments, help);
    if (help) return exit_fine;
    std::string body = SchemaWriter().object(Scenario::params(), 0);
    body.insert(1,
                "\"$schema\": \"http://json-schema.org/draft-07/schema#\", "
                "\"title\": \"snsim scenario\", ");
    fmt::print("{}\n", body);
    return exit_fine;
}

}  // namespace snsim

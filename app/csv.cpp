#include "app/csv.h"

#include <algorithm>
#include <fstream>
#include <memory>
#include <sstream>
#include <utility>

#include "models/system/library.h"

namespace snsim {

namespace {

/// The fields of the line at `at`, which then is behind it; lines inside quotes are counted.
std::vector<std::string> take_line(const std::string& text, std::size_t& at, int& lines) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    lines = 1;
    while (at < text.size()) {
        const char c = text[at++];
        if (quoted) {
            if (c == '\n') ++lines;
            if (c != '"') {
                fields.back() += c;
            } else if (at < text.size() && text[at] == '"') {
                fields.back() += text[at++];
            } else {
                quoted = false;
            }
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',') {
            fields.emplace_back();
        } else if (c == '\n') {
            break;
        } else if (c != '\r') {
            fields.back() += c;
        }
    }
    return fields;
}

}  // namespace

std::vector<CsvRow> read_csv(const std::string& path, const std::vector<std::string>& columns,
                             Diagnostics& diagnostics) {
    const auto source = std::make_shared<Source>(Source{shown_path(path), "", 0, true});
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    if (!file) {
        diagnostics.error({source, 0, 0}, "", "cannot be read");
        return {};
    }
    const std::string all = text.str();
    std::size_t at = 0;
    int lines = 0;
    int line = 1;
    const std::vector<std::string> head = take_line(all, at, lines);
    for (const std::string& column : columns) {
        if (std::find(head.begin(), head.end(), column) == head.end()) {
            diagnostics.error({source, line, 1}, column, "this column is missing");
        }
    }
    if (!diagnostics.ok()) return {};
    std::vector<CsvRow> rows;
    while (at < all.size()) {
        line += lines;
        const std::vector<std::string> fields = take_line(all, at, lines);
        if (fields.size() != head.size()) {
            diagnostics.error({source, line, 1}, "",
                              "has " + std::to_string(fields.size()) + " fields, the head " +
                                  std::to_string(head.size()));
            continue;
        }
        CsvRow row{{source, line, 1}, {}};
        for (std::size_t i = 0; i < head.size(); ++i) row.fields[head[i]] = fields[i];
        rows.push_back(std::move(row));
    }
    return rows;
}

std::string csv_line(const std::vector<std::string>& fields) {
    std::string out;
    for (const std::string& field : fields) {
        if (!out.empty() || &field != &fields.front()) out += ',';
        if (field.find_first_of(",\"\n\r") == std::string::npos) {
            out += field;
            continue;
        }
        out += '"';
        for (const char c : field) {
            if (c == '"') out += '"';
            out += c;
        }
        out += '"';
    }
    return out;
}

}  // namespace snsim

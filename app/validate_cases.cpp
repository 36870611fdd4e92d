#include "app/validate_cases.h"

#include <algorithm>
#include <filesystem>
#include <fnmatch.h>
#include <map>
#include <utility>

#include "models/base/measure.h"
#include "models/system/library.h"
#include "models/system/yaml_reader.h"

namespace snsim {

namespace {

namespace fs = std::filesystem;

using Keys = std::vector<std::string>;

/// Reports keys of a map that nobody knows; false if it is no map.
bool check_keys(const Node& node, const std::string& path, const Keys& known,
                Diagnostics& diagnostics) {
    if (!node.is_map()) {
        diagnostics.error(node.origin, path,
                          node.described() + " stands where a map of keys is wanted");
        return false;
    }
    for (const Entry& entry : node.entries) {
        if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
        diagnostics.error(
            entry.origin, join_path(path, entry.key),
            "unknown key" + did_you_mean(entry.key, known) + "; known are " + listing(known));
    }
    return true;
}

class CaseReader {
  public:
    CaseReader(const Reference& reference, Diagnostics& diagnostics)
        : reference_(reference), diagnostics_(diagnostics) {}

    void read_file(const fs::path& path);
    [[nodiscard]] Cases take() { return std::move(out_); }

  private:
    void read_case(const Node& node);
    void read_curve(const Node& node);
    void add(Case&& one);
    /// Text of a scalar key; empty and an error if it is needed and not there.
    std::string text(const Node& node, const std::string& key, bool needed);
    /// What a run is: `base` plus the settings of `node`.
    void add_settings(const Node& node, CaseRun& run);
    CaseRun read_run(const Node& node, const std::string& name);
    std::vector<CaseRow> read_rows(const Node& node, const std::string& name);
    std::vector<CaseRow> read_watched(const Node& node, const std::string& name);
    CaseRow read_row(const Entry& entry, const std::string& name);
    void check_row(const CaseRow& row, const std::string& name);

    const Reference& reference_;
    Diagnostics& diagnostics_;
    std::string component_;
    std::map<std::string, std::string> bound_;  ///< figure -> case
    std::map<std::string, Origin> names_;
    Cases out_;
};

std::string CaseReader::text(const Node& node, const std::string& key, bool needed) {
    const Node* const value = node.find(key);
    if (value != nullptr && value->is_scalar()) return value->text;
    if (value != nullptr) {
        diagnostics_.error(value->origin, key, "a text is wanted, not " + value->described());
    } else if (needed) {
        diagnostics_.error(node.origin, "", "'" + key + "' is missing");
    }
    return {};
}

void CaseReader::add_settings(const Node& node, CaseRun& run) {
    if (!node.is_map()) {
        diagnostics_.error(node.origin, "set", "a map 'PATH: VALUE' is wanted");
        return;
    }
    for (const Entry& entry : node.entries) {
        run.options.settings.push_back({entry.key, entry.value, entry.origin});
    }
}

CaseRun CaseReader::read_run(const Node& node, const std::string& name) {
    CaseRun run;
    run.options.seed = text(node, "seed", false);
    if (run.options.seed.size() > 18 ||
        run.options.seed.find_first_not_of("0123456789") != std::string::npos) {
        diagnostics_.error(node.find("seed")->origin, join_path(name, "seed"),
                           "'" + run.options.seed + "' is no whole number from 0");
    }
    const Node* const kit = node.find("kit");
    if (kit == nullptr) {
        run.scenario = text(node, "scenario", true);
    } else {
        if (node.find("scenario") != nullptr || node.find("set") != nullptr) {
            diagnostics_.error(kit->origin, name, "a case has a scenario or a kit, not both");
        }
        run.kit = snsim::bind<QueueBenchParams>(*kit, diagnostics_, name + ".kit");
        run.kit_text = kit->flow();
    }
    if (const Node* const set = node.find("set")) add_settings(*set, run);
    return run;
}

CaseRow CaseReader::read_row(const Entry& entry, const std::string& name) {
    CaseRow row;
    row.id = entry.key;
    row.origin = entry.value.origin;
    if (entry.value.is_scalar()) {
        row.expression = entry.value.text;
    } else if (check_keys(entry.value, join_path(name, entry.key),
                          {"is", "value", "from", "limit", "given"}, diagnostics_)) {
        row.expression = text(entry.value, "is", true);
        row.from = text(entry.value, "from", false);
        const std::string limit = text(entry.value, "limit", false);
        row.limit = limit == "true";
        if (!limit.empty() && limit != "true" && limit != "false") {
            diagnostics_.error(entry.value.find("limit")->origin, join_path(row.id, "limit"),
                               "'" + limit + "' is neither true nor false");
        }
        row.given = text(entry.value, "given", false);
        if (entry.value.find("value") != nullptr) {
            row.value = whole_number(text(entry.value, "value", true));
            if (!row.value) diagnostics_.error(row.origin, row.id, "'value' is one number");
        }
    }
    check_row(row, name);
    return row;
}

void CaseReader::check_row(const CaseRow& row, const std::string& name) {
    const auto wrong = [&](const std::string& why) {
        diagnostics_.error(row.origin, join_path(name, row.id), why);
    };
    const auto [bound, fresh] = bound_.emplace(row.id, name);
    if (!fresh) wrong("is bound by case '" + bound->second + "' already");
    if (row.id.rfind("LAW-", 0) == 0) {
        if (!row.value || row.from.empty()) {
            wrong("a law of our own states its 'value' and which formula it is 'from'");
        }
        return;
    }
    const Figure* const figure = reference_.find(row.id);
    if (figure == nullptr) {
        std::vector<std::string> ids;
        for (const Figure& known : reference_.figures) ids.push_back(known.id);
        wrong("is not a published figure" + did_you_mean(row.id, ids));
        return;
    }
    if (!figure->excluded.empty()) wrong("is excluded: " + figure->excluded);
    if (figure->value && row.value) wrong("the table states its value, " + figure->text);
    if (!figure->value && !row.value) {
        wrong("the table says '" + figure->text + "': state the 'value' to compare with");
    }
}

std::vector<CaseRow> CaseReader::read_rows(const Node& node, const std::string& name) {
    std::vector<CaseRow> rows;
    if (!node.is_map() || node.entries.empty()) {
        diagnostics_.error(node.origin, name, "a map 'FIGURE: expression' is wanted");
        return rows;
    }
    for (const Entry& entry : node.entries) rows.push_back(read_row(entry, name));
    return rows;
}

std::vector<CaseRow> CaseReader::read_watched(const Node& node, const std::string& name) {
    std::vector<CaseRow> out;
    if (!node.is_map() || node.entries.empty()) {
        diagnostics_.error(node.origin, join_path(name, "watch"),
                           "a map 'NAME: expression' is wanted");
    }
    for (const Entry& entry : node.entries) {
        CaseRow row;
        row.id = entry.key;
        row.expression = entry.value.text;
        row.origin = entry.value.origin;
        if (reference_.find(row.id) != nullptr) {
            diagnostics_.error(row.origin, join_path(name, row.id),
                               "is a published figure: bind it under 'rows'");
        }
        out.push_back(std::move(row));
    }
    return out;
}

void CaseReader::add(Case&& one) {
    const auto [before, fresh] = names_.emplace(one.name, one.origin);
    if (!fresh) {
        diagnostics_.error(one.origin, one.name,
                           "this name is taken at " + before->second.short_text());
    }
    out_.cases.push_back(std::move(one));
}

void CaseReader::read_case(const Node& node) {
    if (!check_keys(node, "cases",
                    {"name", "scenario", "kit", "set", "seed", "runs", "rows", "watch"},
                    diagnostics_)) {
        return;
    }
    Case out;
    out.name = text(node, "name", true);
    out.component = component_;
    out.origin = node.origin;
    const CaseRun base = read_run(node, out.name);
    const Node* const runs = node.find("runs");
    if (runs == nullptr) {
        out.runs.push_back(base);
    } else if (!runs->is_map() || runs->entries.empty() || base.kit) {
        diagnostics_.error(runs->origin, out.name, "'runs' is a map 'NAME: {PATH: VALUE}'");
    } else {
        for (const Entry& entry : runs->entries) {
            CaseRun run = base;
            run.label = entry.key;
            add_settings(entry.value, run);
            out.runs.push_back(std::move(run));
        }
    }
    const Node* const rows = node.find("rows");
    const Node* const watch = node.find("watch");
    if (rows != nullptr) out.rows = read_rows(*rows, out.name);
    if (watch != nullptr) out.watched = read_watched(*watch, out.name);
    if (rows == nullptr && watch == nullptr) {
        diagnostics_.error(node.origin, out.name, "'rows' or 'watch' is missing");
    }
    add(std::move(out));
}

void CaseReader::read_curve(const Node& node) {
    if (!check_keys(node, "curves",
                    {"name", "scenario", "set", "seed", "along", "points", "between", "value",
                     "shape", "jump"},
                    diagnostics_)) {
        return;
    }
    Curve curve;
    curve.name = text(node, "name", true);
    curve.component = component_;
    curve.origin = node.origin;
    curve.value = text(node, "value", true);
    const std::string shape = text(node, "shape", true);
    const std::string along = text(node, "along", true);
    const std::string jump = text(node, "jump", true);
    if (shape == "rising" || shape == "falling") {
        curve.shape = shape == "rising" ? Curve::Shape::rising : Curve::Shape::falling;
    } else if (shape != "any") {
        diagnostics_.error(node.origin, curve.name, "'shape' is rising, falling or any");
    }
    const auto share = parse_measure(jump);
    if (share && share->kind == Measure::Kind::share) {
        curve.jump = share->si;
    } else {
        diagnostics_.error(node.origin, curve.name, "'jump' is a share such as '25 %'");
    }

    const CaseRun base = read_run(node, curve.name);
    std::map<double, std::size_t> ordered;
    const auto add_point = [&](const std::string& at, const Origin& origin,
                               std::vector<CaseRow> rows) {
        const auto measure = parse_measure(at);
        if (!measure || !ordered.emplace(measure->si, out_.cases.size()).second) {
            diagnostics_.error(origin, curve.name,
                               "'" + at + "' is no quantity, or stands here twice");
            return;
        }
        Case point;
        point.name = curve.name + "/" + at;
        point.component = component_;
        point.origin = origin;
        point.runs = {base};
        point.runs[0].options.settings.push_back({along, Node::scalar(at, origin), origin});
        point.rows = std::move(rows);
        add(std::move(point));
    };
    const Node* const points = node.find("points");
    if (points == nullptr || !points->is_map()) {
        diagnostics_.error(node.origin, curve.name, "'points' is a map 'X: {FIGURE: expression}'");
        return;
    }
    for (const Entry& entry : points->entries) {
        add_point(entry.key, entry.origin, read_rows(entry.value, curve.name + "/" + entry.key));
    }
    const Node* const between = node.find("between");
    if (between == nullptr || !between->is_list() || between->items.empty()) {
        diagnostics_.error(node.origin, curve.name,
                           "'between' is a list of points without figures");
        return;
    }
    for (const Node& at : between->items) add_point(at.text, at.origin, {});
    for (const auto& [x, index] : ordered) curve.points.push_back(index);
    out_.curves.push_back(std::move(curve));
}

void CaseReader::read_file(const fs::path& path) {
    bool read = false;
    YamlFiles files;
    const Node root = files.read(path.string(), shown_path(path.string()), 0, diagnostics_, read);
    if (!read) {
        diagnostics_.error(labelled(path.string(), "", 0), "", "cannot be read");
        return;
    }
    component_ = path.stem().string();
    if (!check_keys(root, "", {"cases", "curves"}, diagnostics_)) return;
    const auto each = [&](const char* key, void (CaseReader::*method)(const Node&)) {
        const Node* const list = root.find(key);
        if (list == nullptr) return;
        if (!list->is_list()) diagnostics_.error(list->origin, key, "a list is wanted");
        for (const Node& item : list->items) (this->*method)(item);
    };
    each("cases", &CaseReader::read_case);
    each("curves", &CaseReader::read_curve);
}

}  // namespace

Cases read_cases(const std::string& folder, const Reference& reference, Diagnostics& diagnostics) {
    std::vector<fs::path> files;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    if (files.empty()) diagnostics.error(labelled(folder, "", 0), "", "holds no cases");
    CaseReader reader(reference, diagnostics);
    for (const fs::path& file : files) reader.read_file(file);
    return reader.take();
}

std::vector<Budget> read_budgets(const std::string& path, Diagnostics& diagnostics) {
    bool read = false;
    YamlFiles files;
    const Node root = files.read(path, shown_path(path), 0, diagnostics, read);
    std::vector<Budget> budgets;
    const Node* const list = root.find("budgets");
    if (!read || list == nullptr || !list->is_list()) {
        diagnostics.error(labelled(path, "", 0), "budgets", "a list is wanted");
        return budgets;
    }
    for (const Node& node : list->items) {
        if (!check_keys(node, "budgets",
                        {"component", "role", "figures", "worst", "mean", "reason"}, diagnostics)) {
            continue;
        }
        const auto text = [&](const char* key) {
            const Node* const value = node.find(key);
            return value == nullptr ? std::string() : value->text;
        };
        const auto share = [&](const char* key) -> std::optional<double> {
            const auto measure = parse_measure(text(key));
            if (measure && measure->kind == Measure::Kind::share) return measure->si;
            return std::nullopt;
        };
        const auto role = role_of(text("role"));
        const auto worst = share("worst");
        if (!role || !worst || text("component").empty() || text("reason").empty() ||
            (node.find("mean") != nullptr && !share("mean"))) {
            diagnostics.error(node.origin, "budgets",
                              "a budget has a component, a role, 'worst' and perhaps 'mean' as "
                              "shares, and a reason");
            continue;
        }
        const std::string figures = text("figures");
        budgets.push_back({text("component"), *role, figures.empty() ? "*" : figures, *worst,
                           share("mean"), text("reason")});
    }
    return budgets;
}

const Budget* find_budget(const std::vector<Budget>& budgets, const std::string& component,
                          Role role, const std::string& id) {
    for (const Budget& budget : budgets) {
        if (budget.component == component && budget.role == role &&
            glob_matches(budget.figures, id)) {
            return &budget;
        }
    }
    return nullptr;
}

bool glob_matches(const std::string& glob, const std::string& text) {
    return ::fnmatch(glob.c_str(), text.c_str(), 0) == 0;
}

}  // namespace snsim

// snsim params: the parameter reference.
#include <algorithm>
#include <boost/program_options/value_semantic.hpp>
#include <fmt/core.h>
#include <map>
#include <set>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/options.h"
#include "app/param_list.h"
#include "models/base/measure.h"
#include "observers/json.h"

namespace snsim {

namespace po = boost::program_options;

namespace {

const Leaf& leaf_of(const ListedParam& param) { return static_cast<const Leaf&>(*param.row); }

/// What a value may be: its range, its words, or its type.
std::string allowed(const Leaf& leaf) {
    if (!leaf.lower_text().empty()) return leaf.lower_text() + " to " + leaf.upper_text();
    if (const auto words = leaf.choices(); !words.empty()) return listing(words, "or");
    return leaf.type();
}

std::string preset(const Leaf& leaf) { return leaf.required ? "required" : leaf.default_text(); }

std::string meaning(const ListedParam& param) {
    return param.row->meaning + (param.condition.empty() ? "" : " (" + param.condition + ")");
}

std::string effect(const Leaf& leaf, std::size_t most_settings) {
    return leaf.witness.given() ? leaf.witness.sentence(most_settings)
                                : "none in the metrics: " + leaf.witness.reason;
}

void print_one(const ListedParam& param) {
    const Leaf& leaf = leaf_of(param);
    fmt::print(
        "{}\n  meaning  {}\n  type     {}\n  default  {}\n  allowed  {}\n  source   {}\n"
        "  effect   {}\n",
        param.path, meaning(param), leaf.type(), preset(leaf), allowed(leaf), leaf.source,
        effect(leaf, 99));
}

void print_text(const std::vector<ListedParam>& params) {
    if (params.size() == 1) {
        print_one(params.front());
        return;
    }
    std::size_t path = 0;
    std::size_t value = 0;
    std::size_t range = 0;
    for (const ListedParam& p : params) {
        path = std::max(path, p.path.size());
        value = std::max(value, preset(leaf_of(p)).size());
        range = std::max(range, allowed(leaf_of(p)).size());
    }
    for (const ListedParam& p : params) {
        fmt::print("{:<{}}  {:<{}}  {:<{}}  {}\n", p.path, path, preset(leaf_of(p)), value,
                   allowed(leaf_of(p)), range, meaning(p));
    }
}

/// `|` would end a table's cell, `<host>` would be taken for HTML.
std::string cell(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '|' || c == '<') out += '\\';
        out += c;
    }
    return out;
}

std::string parent_of(const std::string& path) {
    const auto dot = path.rfind('.');
    return dot == std::string::npos ? "" : path.substr(0, dot);
}

/// What the sections are, by path; a list's elements are what the list is.
std::map<std::string, std::string> section_meanings() {
    std::map<std::string, std::string> meanings{{"", "the scenario itself"}};
    std::string of_list;
    for (const ListedParam& p : list_params()) {
        if (!of_list.empty()) meanings[parent_of(p.path)] = of_list;
        of_list = p.row->kind == Row::Kind::list ? p.row->meaning : "";
        if (p.row->kind == Row::Kind::section) meanings[p.path] = p.row->meaning;
    }
    return meanings;
}

void print_markdown(const std::vector<ListedParam>& params) {
    fmt::print(
        "# Parameters\n\n"
        "Every parameter a scenario may set, as `snsim params --format md` prints it. Paths in\n"
        "angle brackets stand for names: `<host>.card` is `host0.card` for a host of that name,\n"
        "`<traffic>.rate` is `east.rate`. Defaults hold where neither the scenario nor a profile\n"
        "says otherwise; `snsim check SCENARIO --resolved` shows the values in force. *Effect* is\n"
        "a change that a test makes, and what moves with it.\n");
    // A section's own keys stand together, also those that follow its subsections.
    std::vector<std::pair<std::string, std::vector<const ListedParam*>>> sections;
    for (const ListedParam& p : params) {
        const std::string path = parent_of(p.path);
        auto at = std::find_if(sections.begin(), sections.end(),
                               [&](const auto& section) { return section.first == path; });
        if (at == sections.end()) at = sections.insert(at, {path, {}});
        at->second.push_back(&p);
    }
    auto meanings = section_meanings();
    for (const auto& [path, keys] : sections) {
        fmt::print(
            "\n## {}: {}\n\n"
            "| Key | Type | Default | Allowed | Meaning | Source | Effect |\n"
            "| --- | --- | --- | --- | --- | --- | --- |\n",
            path.empty() ? "Scenario" : cell(path), meanings[path]);
        for (const ListedParam* p : keys) {
            const Leaf& leaf = leaf_of(*p);
            fmt::print("| `{}` | {} | {} | {} | {} | {} | {} |\n", p->row->key, cell(leaf.type()),
                       cell(preset(leaf)), cell(allowed(leaf)), cell(meaning(*p)),
                       cell(leaf.source), cell(effect(leaf, 2)));
        }
    }
}

/// `, "units": {"Hz": 1, "kHz": 1000, ...}`: in whole base units, for programs that compute; empty
/// for what has no unit.
std::string units_json(const Leaf& leaf) {
    const auto measure = parse_measure(leaf.lower_text());
    if (!measure || measure->dimension == nullptr) return {};
    std::string out;
    for (const Dimension::Unit& unit : measure->dimension->units) {
        out += (out.empty() ? "" : ", ") + json_text(std::string(unit.suffix)) + ": " +
               std::to_string(unit.scale);
    }
    return ", \"units\": {" + out + "}";
}

void print_json(const std::vector<ListedParam>& params) {
    fmt::print("[");
    const char* separator = "\n";
    for (const ListedParam& p : params) {
        const Leaf& leaf = leaf_of(p);
        std::string out = fmt::format("{{\"path\": {}, \"type\": {}, \"required\": {}",
                                      json_text(p.path), json_text(leaf.type()), leaf.required);
        if (!leaf.required) out += ", \"default\": " + json_text(leaf.default_text());
        if (!leaf.lower_text().empty()) {
            out += ", \"lower\": " + json_text(leaf.lower_text()) +
                   ", \"upper\": " + json_text(leaf.upper_text()) + units_json(leaf);
        }
        if (!leaf.choices().empty())
            out += ", \"choices\": " + json_list(leaf.choices(), json_text);
        if (!p.condition.empty()) out += ", \"condition\": " + json_text(p.condition);
        out +=
            ", \"meaning\": " + json_text(leaf.meaning) + ", \"source\": " + json_text(leaf.source);
        if (leaf.witness.given()) {
            out += ", \"witness\": {\"scenario\": " + json_text(leaf.witness.scenario) +
                   ", \"value\": " + json_text(leaf.witness.value) +
                   ", \"metric\": " + json_text(leaf.witness.metric);
            if (!leaf.witness.where.empty()) out += ", \"path\": " + json_text(leaf.witness.where);
            if (!leaf.witness.with.empty())
                out += ", \"with\": " + json_list(leaf.witness.with, json_text);
            out += "}";
        } else {
            out += ", \"no_witness\": " + json_text(leaf.witness.reason);
        }
        fmt::print("{}  {}}}", separator, out);
        separator = ",\n";
    }
    fmt::print("\n]\n");
}

/// For a path nothing lies below: what its first step may have meant that leads nowhere. Any word
/// can be a host's name, so the further steps tell more than the first.
std::string suggestion(const std::vector<ListedParam>& all, const std::string& query) {
    const auto steps = split_path(query);
    std::string above = query;
    for (std::size_t depth = steps.size(); depth-- > 0;) {
        above = parent_of(above);
        std::set<std::string> words;
        for (const ListedParam& p : all) {
            const auto known = split_path(p.path);
            if (known.size() > depth && lies_below(p.path, above)) words.insert(known[depth]);
        }
        if (words.count(steps[depth]) != 0) continue;
        const std::string more = did_you_mean(steps[depth], {words.begin(), words.end()});
        if (!more.empty()) return more;
    }
    return {};
}

}  // namespace

int cmd_params(const Arguments& arguments) {
    Options options(
        "params", "params [PATH] [--format text|json|md]",
        "Lists every parameter with its default, range, meaning and source; PATH picks\n"
        "those at or below it.",
        "  snsim params                       all\n"
        "  snsim params traffic               of a section\n"
        "  snsim params host0.card.asic       as paths are written in --set\n"
        "  snsim params windows.measure       one in detail\n"
        "  snsim params --format json | jq    for programs");
    options.add()("format",
                  po::value<std::string>()->value_name("text|json|md")->default_value("text"),
                  "how to print");
    options.add_argument("PATH");
    bool help = false;
    const auto values = options.parse(arguments, help);
    if (help) return exit_fine;

    const std::string query = text_of(values, "PATH");
    const auto all = list_params();
    std::vector<ListedParam> chosen;
    bool only_reserved = false;
    for (const ListedParam& p : all) {
        if (!lies_below(p.path, query)) continue;
        if (p.row->kind == Row::Kind::leaf) chosen.push_back(p);
        only_reserved = p.row->kind == Row::Kind::reserved;
    }
    // A name may stand for much: `traffic.rate` for a class's rate, or for interface `rate` of a
    // host `traffic`. What it names in full counts.
    const auto is_other = [depth = split_path(query).size()](const ListedParam& p) {
        return split_path(p.path).size() != depth;
    };
    if (!query.empty() && !std::all_of(chosen.begin(), chosen.end(), is_other)) {
        chosen.erase(std::remove_if(chosen.begin(), chosen.end(), is_other), chosen.end());
    }
    if (chosen.empty()) {
        throw UsageError("no parameter at or below '" + query + "'" +
                         (only_reserved ? "; it is not yet modelled" : suggestion(all, query)));
    }
    const std::string format = text_of(values, "format");
    if (format == "text") {
        print_text(chosen);
    } else if (format == "json") {
        print_json(chosen);
    } else if (format == "md") {
        print_markdown(chosen);
    } else {
        throw UsageError("--format is text, json or md, not '" + format + "'");
    }
    return exit_fine;
}

}  // namespace snsim

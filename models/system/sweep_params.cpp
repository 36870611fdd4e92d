#include "models/system/sweep_params.h"

#include <algorithm>

namespace snsim {

namespace {

constexpr std::int64_t most_steps = 100'000;
constexpr std::int64_t most_seeds = 10'000;

const char* const study = "what a study asks, not what a system is";

/// Where the text itself begins.
PlacedText placed(std::string text, const Node& node) {
    PlacedText out{std::move(text), node.origin};
    if (node.quoted) ++out.origin.column;
    return out;
}

Node at_key(const Entry& entry) {
    Node out;
    out.origin = entry.origin;
    return out;
}

bool unknown_key(const Entry& entry, const std::vector<std::string>& known,
                 const std::string& below, ValueErrors& errors) {
    std::string more = did_you_mean(entry.key, known);
    if (more.empty()) more = "; the keys here are " + listing(known);
    return errors.error(at_key(entry), "unknown key" + more, below);
}

/// A path's value; nothing is none.
bool read_value(const Node& node, const std::string& below, ValueErrors& errors) {
    return !node.is_null() || errors.error(node, "nothing stands where a value is wanted", below);
}

bool read_map(const Node& node, const char* example, ValueErrors& errors) {
    if (node.is_map() || node.is_null()) return true;
    return errors.error(
        node, node.described() + " stands where keys are wanted, as in '" + example + "'");
}

bool read_ends(const Node& node, Axis& axis, const std::string& below, ValueErrors& errors) {
    if (!node.is_list() || node.items.size() != 2 || !node.items[0].is_scalar() ||
        !node.items[1].is_scalar()) {
        return errors.error(node, "a range is [first, last], as in '[64 B, 1518 B]'", below);
    }
    axis.values = node.items;
    return true;
}

/// `{linear: [a, b], steps: n}`; `with_steps`: of a grid.
bool read_range(const Node& node, Axis& axis, bool with_steps, ValueErrors& errors) {
    bool good = true;
    bool all_known = true;
    const Entry* linear = node.entry("linear");
    const Entry* log = node.entry("log");
    std::vector<std::string> known{"linear", "log"};
    if (with_steps) known.emplace_back("steps");
    for (const Entry& entry : node.entries) {
        const std::string below = join_path(axis.path, entry.key);
        if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
            good = all_known = unknown_key(entry, known, below, errors);
        } else if (entry.key == "steps") {
            ValueErrors found;
            if (!ValueText<std::int64_t>::parse(entry.value, axis.steps, found)) {
                good = errors.error(entry.value, found.all().front().message, below);
            } else if (axis.steps < 2 || axis.steps > most_steps) {
                good =
                    errors.error(entry.value,
                                 "'" + entry.value.text + "' is no number of steps; range 2 to " +
                                     std::to_string(most_steps),
                                 below);
            }
        } else {
            good = read_ends(entry.value, axis, below, errors) && good;
        }
    }
    if (!all_known) return false;  // what is missing may stand there misspelt
    if ((linear == nullptr) == (log == nullptr)) {
        return errors.error(node,
                            "a range is either linear or log, as in '{log: [64 B, 1518 B]" +
                                std::string(with_steps ? ", steps: 6}'" : "}'"),
                            axis.path);
    }
    axis.spacing = linear != nullptr ? Axis::Spacing::linear : Axis::Spacing::log;
    if (with_steps && node.entry("steps") == nullptr) {
        return errors.error(node, "needs the key 'steps' (how many values, both ends included)",
                            axis.path);
    }
    return good;
}

std::string paths_of(const std::vector<Axis>& axes) {
    std::string out;
    for (const Axis& axis : axes) out += (out.empty() ? "" : ", ") + axis.path;
    return out;
}

}  // namespace

bool ValueText<Grid>::parse(const Node& node, Grid& value, ValueErrors& errors) {
    value = {};
    if (!read_map(node, "{clients.frame_size: [64 B, 1518 B]}", errors)) return false;
    bool good = true;
    for (const Entry& entry : node.entries) {
        Axis axis;
        axis.path = entry.key;
        axis.origin = entry.origin;
        if (entry.value.is_list()) {
            axis.values = entry.value.items;
            if (axis.values.empty()) {
                good = errors.error(entry.value, "an axis without values", axis.path);
            }
            for (const Node& one : axis.values) good = read_value(one, axis.path, errors) && good;
        } else if (entry.value.is_map()) {
            good = read_range(entry.value, axis, true, errors) && good;
        } else {
            good = errors.error(entry.value,
                                "an axis is a list of values, '{linear: [a, b], steps: n}' or "
                                "'{log: [a, b], steps: n}'",
                                axis.path);
        }
        value.axes.push_back(std::move(axis));
    }
    return good;
}

std::string ValueText<Grid>::print(const Grid& value) { return "{" + paths_of(value.axes) + "}"; }

bool ValueText<Rows>::parse(const Node& node, Rows& value, ValueErrors& errors) {
    value = {};
    if (!node.is_list() && !node.is_null()) {
        return errors.error(node, node.described() +
                                      " stands where a list of points is wanted, as in '[{PATH: "
                                      "value, PATH: value}, ...]'");
    }
    bool good = true;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Node& row = node.items[i];
        const std::string at = std::to_string(i);
        if (!row.is_map()) {
            good = errors.error(row,
                                row.described() +
                                    " stands where a point is wanted, as in "
                                    "'{PATH: value, PATH: value}'",
                                at);
            continue;
        }
        for (const Entry& entry : row.entries) {
            good = read_value(entry.value, join_path(at, entry.key), errors) && good;
            const auto axis = std::find_if(value.axes.begin(), value.axes.end(),
                                           [&](const Axis& a) { return a.path == entry.key; });
            if (axis != value.axes.end()) {
                axis->values.push_back(entry.value);
            } else if (i == 0) {
                value.axes.push_back(
                    {entry.key, entry.origin, Axis::Spacing::listed, {entry.value}, 0});
            } else {
                good = errors.error(at_key(entry),
                                    "the rows before do not give this path; every row gives the "
                                    "same paths a value",
                                    join_path(at, entry.key));
            }
        }
        for (Axis& axis : value.axes) {
            if (axis.values.size() == i + 1) continue;
            good = errors.error(
                row, "gives '" + axis.path + "' no value; every row gives the same paths a value",
                at);
            axis.values.resize(i + 1);
        }
    }
    return good;
}

std::string ValueText<Rows>::print(const Rows& value) { return "[" + paths_of(value.axes) + "]"; }

bool ValueText<Ranges>::parse(const Node& node, Ranges& value, ValueErrors& errors) {
    value = {};
    if (!read_map(node, "{clients.rate: [10 %, 90 %]}", errors)) return false;
    bool good = true;
    for (const Entry& entry : node.entries) {
        Axis axis;
        axis.path = entry.key;
        axis.origin = entry.origin;
        axis.spacing = Axis::Spacing::linear;
        good = (entry.value.is_map() ? read_range(entry.value, axis, false, errors)
                                     : read_ends(entry.value, axis, axis.path, errors)) &&
               good;
        value.axes.push_back(std::move(axis));
    }
    return good;
}

std::string ValueText<Ranges>::print(const Ranges& value) {
    return "{" + paths_of(value.axes) + "}";
}

bool ValueText<FixedValues>::parse(const Node& node, FixedValues& value, ValueErrors& errors) {
    value = {};
    if (!read_map(node, "{windows.measure: 1 ms}", errors)) return false;
    bool good = true;
    for (const Entry& entry : node.entries) {
        good = read_value(entry.value, entry.key, errors) && good;
        value.axes.push_back({entry.key, entry.origin, Axis::Spacing::listed, {entry.value}, 0});
    }
    return good;
}

std::string ValueText<FixedValues>::print(const FixedValues& value) {
    return "{" + paths_of(value.axes) + "}";
}

bool ValueText<Seeds>::parse(const Node& node, Seeds& value, ValueErrors& errors) {
    value = {};
    if (!node.is_list()) {
        if (!ValueText<std::int64_t>::parse(node, value.count, errors)) return false;
        if (value.count >= 1 && value.count <= most_seeds) return true;
        return errors.error(node, "'" + node.text + "' is no number of seeds; range 1 to " +
                                      std::to_string(most_seeds) + ", or a list of seeds");
    }
    bool good = !node.items.empty() || errors.error(node, "an empty list of seeds");
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        std::int64_t seed = 0;
        ValueErrors found;
        const std::string at = std::to_string(i);
        if (!ValueText<std::int64_t>::parse(node.items[i], seed, found)) {
            good = errors.error(node.items[i], found.all().front().message, at);
        } else if (seed < 0) {
            good = errors.error(node.items[i], "a seed is not negative", at);
        } else if (std::find(value.listed.begin(), value.listed.end(), seed) !=
                   value.listed.end()) {
            good = errors.error(node.items[i], "the seed " + node.items[i].text + " twice", at);
        }
        value.listed.push_back(seed);
    }
    value.count = static_cast<std::int64_t>(value.listed.size());
    return good;
}

std::string ValueText<Seeds>::print(const Seeds& value) {
    if (value.listed.empty()) return to_text(value.count);
    std::string out;
    for (const std::int64_t seed : value.listed) out += (out.empty() ? "" : ", ") + to_text(seed);
    return "[" + out + "]";
}

bool ValueText<Derived>::parse(const Node& node, Derived& value, ValueErrors& errors) {
    value = {};
    if (!read_map(node, "{energy.share: power.arm.mean / power.card.mean}", errors)) return false;
    bool good = true;
    for (const Entry& entry : node.entries) {
        ValueErrors found;
        std::string formula;
        if (!scalar_of(entry.value, "a formula", formula, found)) {
            good = errors.error(entry.value, found.all().front().message, entry.key);
        }
        value.all.push_back({entry.key, entry.origin, placed(formula, entry.value)});
    }
    return good;
}

std::string ValueText<Derived>::print(const Derived& value) {
    std::string out;
    for (const auto& one : value.all) {
        out += (out.empty() ? "" : ", ") + one.name + ": " + scalar_text(one.formula.text);
    }
    return "{" + out + "}";
}

bool ValueText<Objectives>::parse(const Node& node, Objectives& value, ValueErrors& errors) {
    value = {};
    if (!node.is_list() && !node.is_null()) {
        return errors.error(node, node.described() +
                                      " stands where a list is wanted, as in '[{max: "
                                      "rate.delivered}, {min: power.card.mean}]'");
    }
    bool good = true;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Node& item = node.items[i];
        const std::string at = std::to_string(i);
        Objectives::One one;
        bool all_known = true;
        for (const Entry& entry : item.entries) {
            const std::string below = join_path(at, entry.key);
            ValueErrors found;
            std::string formula;
            if (entry.key != "max" && entry.key != "min" && entry.key != "where") {
                good = all_known = unknown_key(entry, {"max", "min", "where"}, below, errors);
            } else if (!scalar_of(entry.value, "a formula", formula, found)) {
                good = errors.error(entry.value, found.all().front().message, below);
            } else if (entry.key == "where") {
                one.where = placed(formula, entry.value);
                if (formula.find_first_not_of(" \t") == std::string::npos) {
                    good =
                        errors.error(entry.value, "an empty condition; leave 'where' out", below);
                }
            } else {
                one.maximise = entry.key == "max";
                one.formula = placed(formula, entry.value);
            }
        }
        if (all_known && (item.entry("max") == nullptr) == (item.entry("min") == nullptr)) {
            good = errors.error(item,
                                "an objective is either max or min of a formula, as in "
                                "'{max: rate.delivered}'",
                                at);
        }
        value.all.push_back(std::move(one));
    }
    return good;
}

std::string ValueText<Objectives>::print(const Objectives& value) {
    std::string out;
    for (const auto& one : value.all) {
        out += (out.empty() ? "{" : ", {") + std::string(one.maximise ? "max: " : "min: ") +
               scalar_text(one.formula.text);
        if (!one.where.text.empty()) out += ", where: " + scalar_text(one.where.text);
        out += "}";
    }
    return "[" + out + "]";
}

const ParamTable& LatinHypercubeParams::params() {
    using P = LatinHypercubeParams;
    static const ParamTable table =
        make_table<P>(
            "points drawn so that each axis is covered evenly",
            {
                param("samples", &P::samples, 1, 1, most_steps, "points drawn", "choice",
                      no_witness(study)),
                value("axes", &P::axes, {}, "the range of each path", "choice", no_witness(study)),
            })
            .check([](const P& p, CheckReport& r) {
                if (r.given("axes") && !r.given("samples")) {
                    r.error("axes", "needs the key 'samples' beside it (points drawn)");
                }
                if (r.given("samples") && p.axes.axes.empty()) {
                    r.error("samples", "needs the key 'axes' beside it (the range of each path)");
                }
            });
    return table;
}

const ParamTable& LimitParams::params() {
    using P = LimitParams;
    static const ParamTable table = make_table<P>(
        "what one simulation may take",
        {
            param("wall_time", &P::wall_time, std::nullopt, 1_ms, 1'000'000_s,
                  "wall-clock time after which it is given up", "choice", no_witness(study)),
        });
    return table;
}

const ParamTable& SweepParams::params() {
    using P = SweepParams;
    static const ParamTable table =
        make_table<P>(
            "a sweep",
            {
                text("name", &P::name, "",
                     "of the sweep and its results file; the file's name if absent",
                     no_witness("a label")),
                required(text("scenario", &P::scenario, "",
                              "what is varied: a file, from here, or the name of a shipped one",
                              no_witness(study))),
                param("seed", &P::seed, std::nullopt, 0,
                      std::numeric_limits<std::int64_t>::max() / 2,
                      "the first seed, and that of a latin hypercube; the scenario's if absent",
                      "choice", no_witness(study)),
                value("seeds", &P::seeds, {}, "seeds every point runs with", "choice",
                      no_witness(study)),
                value("grid", &P::grid, {}, "axes whose values are combined all with all", "choice",
                      no_witness(study)),
                value("list", &P::list, {}, "points as they stand", "choice", no_witness(study)),
                section("latin_hypercube", &P::latin_hypercube, "points drawn from ranges"),
                value("set", &P::set, {}, "values that all points share", "choice",
                      no_witness(study)),
                text("keep", &P::keep, {}, "metrics to keep, with * for any text; all if absent",
                     no_witness(study)),
                value("derive", &P::derive, {}, "further metrics by formula", "choice",
                      no_witness(study)),
                value("objectives", &P::objectives, {}, "what makes a point better than another",
                      "choice", no_witness(study)),
                text("within", &P::within, {},
                     "axes that describe the load: points are compared with those of the same "
                     "values",
                     no_witness(study)),
                text("find", &P::find, "", "a search of the scenario to run at every point",
                     no_witness(study)),
                section("limit", &P::limit, "what one simulation may take"),
            })
            .check([](const P& p, CheckReport& r) {
                if (r.given("seed") && !p.seeds.listed.empty() && !r.given("latin_hypercube")) {
                    r.error("seed", "has no effect beside 'seeds', which lists them one by one");
                }
            });
    return table;
}

}  // namespace snsim

// What a sweep file says: a scenario, the axes along which it is varied, seeds, and what is kept
// and compared. Paths and metrics in it are text here; app/sweep_plan.h gives them meaning.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/base/params.h"

namespace snsim {

/// A text and where it stands.
struct PlacedText {
    std::string text;
    Origin origin;
};

/// The values one parameter takes.
struct Axis {
    enum class Spacing { listed, linear, log };

    std::string path;
    Origin origin;  ///< of the path
    Spacing spacing = Spacing::listed;
    std::vector<Node> values;  ///< listed; of a range its two ends
    std::int64_t steps = 0;    ///< of a range; 0: drawn by a latin hypercube
};

/// `{PATH: [values] | {linear: [a, b], steps: n} | {log: [a, b], steps: n}}`
struct Grid {
    std::vector<Axis> axes;
};

/// `[{PATH: value, PATH: value}, ...]`: every row gives the same paths a value.
struct Rows {
    std::vector<Axis> axes;  ///< all with the same number of listed values
};

/// `{PATH: [low, high] | {log: [low, high]}}`
struct Ranges {
    std::vector<Axis> axes;
};

/// `{PATH: value}`
struct FixedValues {
    std::vector<Axis> axes;  ///< with one value each
};

struct LatinHypercubeParams {
    std::int64_t samples;
    Ranges axes;
    static const ParamTable& params();
};

/// `5` for five consecutive seeds, or a list of them.
struct Seeds {
    std::int64_t count = 1;
    std::vector<std::int64_t> listed;
};

/// `{name: "formula"}`
struct Derived {
    struct One {
        std::string name;
        Origin name_origin;
        PlacedText formula;
    };
    std::vector<One> all;
};

/// `[{max: formula}, {min: formula, where: condition}]`
struct Objectives {
    struct One {
        bool maximise = false;
        PlacedText formula;
        PlacedText where;  ///< empty: no condition
    };
    std::vector<One> all;
};

struct LimitParams {
    std::optional<Duration> wall_time;
    static const ParamTable& params();
};

struct SweepParams {
    std::string name;
    std::string scenario;
    std::optional<std::int64_t> seed;
    Seeds seeds;
    Grid grid;
    Rows list;
    LatinHypercubeParams latin_hypercube;
    FixedValues set;
    std::vector<std::string> keep;
    Derived derive;
    Objectives objectives;
    std::vector<std::string> within;
    std::string find;
    LimitParams limit;
    static const ParamTable& params();
};

// NOLINTBEGIN(bugprone-macro-parentheses)
#define SNSIM_SWEEP_VALUE(Type, words)                                         \
    template <>                                                                \
    struct ValueText<Type> {                                                   \
        static std::string type() { return words; }                            \
        static bool parse(const Node& node, Type& value, ValueErrors& errors); \
        static std::string print(const Type& value);                           \
    }
SNSIM_SWEEP_VALUE(Grid, "paths, each with its values");
SNSIM_SWEEP_VALUE(Rows, "list of paths with a value");
SNSIM_SWEEP_VALUE(Ranges, "paths, each with [low, high]");
SNSIM_SWEEP_VALUE(FixedValues, "paths, each with a value");
SNSIM_SWEEP_VALUE(Seeds, "how many, or a list");
SNSIM_SWEEP_VALUE(Derived, "names, each with a formula");
SNSIM_SWEEP_VALUE(Objectives, "list of max or min of a formula");
#undef SNSIM_SWEEP_VALUE
// NOLINTEND(bugprone-macro-parentheses)

}  // namespace snsim

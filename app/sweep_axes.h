// The axes of a sweep: which values each path takes over the points, and which axes take theirs
// together. Paths that would undo each other and values that are equal are mistakes.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/base/diagnostics.h"
#include "models/system/scenario_loader.h"
#include "models/system/sweep_params.h"

namespace snsim {

/// A path with the values it takes over the points.
struct SweepAxis {
    std::string path;       ///< canonical
    std::string kind;       ///< grid, list, latin_hypercube
    std::string meaning;    ///< of the parameter; empty for parts of structured values
    std::size_t block = 0;  ///< axes of one block have their values together, others all with all
    bool numeric = false;
    std::string unit;                ///< SI, when numeric
    std::vector<Node> values;        ///< by level
    std::vector<double> si;          ///< by level, when numeric
    std::vector<std::string> texts;  ///< by level, as YAML
    Origin origin;

    void erase(std::size_t level);
};

class SweepAxes {
  public:
    /// `tree`: of the scenario; `seed`: of a latin hypercube. Notes are for people.
    SweepAxes(const SweepParams& params, const Node& tree, std::int64_t seed,
              Diagnostics& diagnostics, std::vector<std::string>& notes);

    [[nodiscard]] std::vector<SweepAxis> take() { return std::move(axes_); }

  private:
    void add(const Axis& axis, const char* kind, std::size_t block,
             const std::vector<double>& fractions);
    void drop_equal_steps(const Axis& axis);
    void drop_equal_samples(std::size_t first);
    void check_rows(std::size_t count);
    /// Whether level `row` of the axes from `first` on is equal to an earlier one.
    [[nodiscard]] std::vector<std::size_t> repeated(std::size_t first, std::size_t count) const;
    [[nodiscard]] std::vector<double> drawn(const std::string& path) const;

    const SweepParams& params_;
    const Node& tree_;
    std::int64_t seed_;
    Diagnostics& diagnostics_;
    std::vector<std::string>& notes_;
    std::vector<SweepAxis> axes_;
};

/// Tells of values under `set` and of axes that others would undo, as places in `tree`: two axes of
/// which one lies in the other, and whatever is set and then replaced.
void check_overlaps(const std::vector<Setting>& fixed, const std::vector<SweepAxis>& axes,
                    const Node& tree, Diagnostics& diagnostics);

/// Whether one of two paths lies in the other, or both are one, in `tree`.
[[nodiscard]] bool paths_overlap(const std::string& a, const std::string& b, const Node& tree);

}  // namespace snsim

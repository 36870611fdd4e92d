// A sweep file with its meaning: which points there are, what each sets, and how it is loaded.
// Every point's scenario is loaded and checked here, before anything is simulated.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/sweep_axes.h"
#include "app/sweep_formulas.h"
#include "models/system/scenario_loader.h"
#include "models/system/sweep_params.h"

namespace snsim {

class SweepPlan {
  public:
    /// `file` is a path or the name of a shipped sweep; `seed` as given to --seed, or empty.
    /// `checked` is told how many of how many points are; false gives up.
    using Checked = std::function<bool(std::size_t done, std::size_t all)>;
    SweepPlan(const std::string& file, const std::string& seed, const Library& library,
              const Checked& checked = {});

    [[nodiscard]] bool ok() const { return diagnostics_.ok(); }
    /// Not all is checked, since `checked` did not want more.
    [[nodiscard]] bool given_up() const { return given_up_; }
    [[nodiscard]] const Diagnostics& diagnostics() const { return diagnostics_; }
    /// For people: what was rounded away.
    [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

    [[nodiscard]] const SweepParams& params() const { return params_; }
    [[nodiscard]] const std::string& name() const { return params_.name; }
    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] const std::string& path() const { return path_; }
    /// The scenario without the axes' values, or that of the first point where it needs them.
    [[nodiscard]] const LoadedScenario& base() const { return base_; }
    [[nodiscard]] const SweepFormulas& formulas() const { return formulas_; }
    [[nodiscard]] const std::vector<SweepAxis>& axes() const { return axes_; }
    [[nodiscard]] const std::vector<std::int64_t>& seeds() const { return seeds_; }

    [[nodiscard]] std::size_t points() const { return levels_.size(); }
    /// The place of a point's value among those of an axis.
    [[nodiscard]] std::size_t level(std::size_t point, std::size_t axis) const {
        return levels_[point][axis];
    }
    /// The levels of a point's axes of `within`: objectives compare points where these are equal.
    [[nodiscard]] std::vector<std::size_t> load(std::size_t point) const;
    [[nodiscard]] double cost(std::size_t point) const { return costs_[point]; }
    [[nodiscard]] std::string described(std::size_t point) const;
    /// What loads the point's scenario, from files as they were read at first.
    [[nodiscard]] LoadOptions options(std::size_t point, std::int64_t seed) const;
    [[nodiscard]] YamlFiles& files() const { return files_; }
    /// Captures that points replay: as messages name them, ordered.
    [[nodiscard]] const std::vector<std::string>& captures() const { return captures_; }

  private:
    void check_name();
    void load_base(const Library& library);
    void plan_axes();
    void plan_points();
    [[nodiscard]] bool too_many();
    void plan_seeds(const std::string& seed);
    void check_points(const Library& library, const Checked& checked);
    void check_find();
    void find_within();
    void note_captures(const Scenario& scenario);
    void check_captures(const LoadedScenario& loaded);
    void check_part_of_find(const std::string& path, const Origin& origin, bool is_axis);

    std::string path_;
    std::string text_;
    Node tree_;  ///< of the file
    SweepParams params_;
    std::string scenario_;
    mutable YamlFiles files_;
    LoadedScenario base_;
    std::vector<Setting> fixed_;
    std::vector<SweepAxis> axes_;
    std::vector<std::vector<std::uint32_t>> levels_;  // by point, by axis
    std::vector<std::size_t> within_;                 // axes
    std::vector<double> costs_;
    std::vector<std::int64_t> seeds_;
    MetricNames names_;
    SweepFormulas formulas_;
    std::vector<std::string> captures_;
    bool given_up_ = false;
    Diagnostics diagnostics_;
    std::vector<std::string> notes_;
};

}  // namespace snsim

// The action half of match-action stages: engines that run a stage's operations (stage_program.h).
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "models/asic/header_vector.h"
#include "models/asic/stage_program.h"
#include "models/base/engine_chain.h"
#include "models/base/partition.h"

namespace snsim {

/// The engines of stages in a row between which nothing is decided: once a frame has come to the
/// first, its whole way through them follows.
class ActionChain {
  public:
    struct Params {
        std::uint32_t engines;
        std::uint32_t dispatch;  ///< cycles of a frame that meets no condition
        Frequency clock;
        Resource resource;
    };

    explicit ActionChain(const Params& params);
    ActionChain(const ActionChain&) = delete;
    ActionChain& operator=(const ActionChain&) = delete;

    void add_stage(std::string path, Partition& partition, const StageProgram& program);

    /// Runs the stages' operations for the frame; returns when it goes on.
    Picoseconds pass(Frame& frame, const HeaderVector& hv, Picoseconds t) {
        SNSIM_CHECK(t >= last_, "frames reached a stage out of time order");
        last_ = t;
        return engines_.pass(frame, t, unlikely(hv.dropped) ? *dropped_ : profile_of(hv));
    }

  private:
    using Conditions = std::array<ConditionMask, HeaderVector::max_functions>;
    /// Frames that meet the same conditions have the same to do.
    struct Known {
        Conditions met{};  ///< in order of functions_
        std::unique_ptr<EngineChain::Profile> profile;
    };
    static constexpr std::size_t most_profiles = 64;

    [[nodiscard]] bool meets(const HeaderVector& hv, const Conditions& met) const {
        for (std::size_t i = 0; i < function_count_; ++i) {
            if (hv.runs[functions_[i]].conditions != met[i]) return false;
        }
        return true;
    }
    /// Most frames meet the conditions that the one before met.
    [[nodiscard]] const EngineChain::Profile& profile_of(const HeaderVector& hv) {
        if (!meets(hv, met_)) find_profile(hv);
        return *latest_;
    }
    void find_profile(const HeaderVector& hv);
    [[nodiscard]] EngineChain::Work work_of(std::uint64_t cycles) const;

    // state
    Picoseconds last_ = 0;
    const EngineChain::Profile* latest_ = nullptr;
    Conditions met_{};  // that it stands for; none is met by no frame
    // parameters
    std::size_t function_count_ = 0;
    std::array<std::uint8_t, HeaderVector::max_functions> functions_{};  // with operations here
    std::unique_ptr<EngineChain::Profile> dropped_;
    // state
    EngineChain engines_;
    std::vector<Known> known_;
    // parameters
    Params params_;
    UnitTime cycle_time_;
    std::vector<StageProgram> programs_;
};

}  // namespace snsim

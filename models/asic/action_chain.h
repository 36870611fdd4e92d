// The action half of match-action stages: engines that run a stage's operations (stage_program.h).
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "models/asic/header_vector.h"
#include "models/asic/stage_program.h"
#include "models/base/partition.h"
#include "models/base/servers.h"

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
        const Picoseconds enter = t;
        const Work* work = unlikely(hv.dropped) ? dropped_.data() : work_of(hv);
        for (const auto& engines : stages_) {
            t = engines->serve(frame, t, work->service, work->cycles);
            ++work;
        }
        frame.spend(visited_, t - enter);
        return t;
    }

  private:
    struct Work {
        Exact service;
        std::uint32_t cycles;
    };
    /// What each stage has to do for frames that meet these conditions.
    struct Profile {
        std::array<ConditionMask, HeaderVector::max_functions> met{};  ///< in order of functions_
        std::vector<Work> work;
    };
    static constexpr std::size_t most_profiles = 64;

    [[nodiscard]] bool fits(const Profile& profile, const HeaderVector& hv) const {
        for (std::size_t i = 0; i < functions_.size(); ++i) {
            if (hv.runs[functions_[i]].conditions != profile.met[i]) return false;
        }
        return true;
    }
    /// Most frames meet the conditions that the one before met.
    [[nodiscard]] const Work* work_of(const HeaderVector& hv) {
        if (latest_ == nullptr || !fits(*latest_, hv)) find_profile(hv);
        return latest_->work.data();
    }
    void find_profile(const HeaderVector& hv);
    [[nodiscard]] Work work_of(std::uint64_t cycles) const;

    // state
    Picoseconds last_ = 0;
    const Profile* latest_ = nullptr;
    // parameters
    std::vector<Work> dropped_;            ///< by stage
    std::vector<std::uint8_t> functions_;  ///< that have operations here
    std::uint64_t visited_ = 0;            ///< stamps of the stages
    std::vector<std::unique_ptr<EnginePool>> stages_;
    Params params_;
    UnitTime cycle_time_;
    std::vector<StageProgram> programs_;
    std::vector<std::unique_ptr<Profile>> profiles_;  ///< met so far
};

}  // namespace snsim

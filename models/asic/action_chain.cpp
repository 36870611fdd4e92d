#include "models/asic/action_chain.h"

#include <algorithm>

namespace snsim {

ActionChain::ActionChain(const Params& params)
    : params_(params), cycle_time_(cycles(1, params.clock)) {}

void ActionChain::add_stage(std::string path, Partition& partition, const StageProgram& program) {
    const std::uint8_t slot = partition.stations.next_slot();
    stages_.push_back(std::make_unique<EnginePool>(std::move(path), slot, params_.engines));
    partition.stations.add(stages_.back()->station, params_.resource);
    visited_ |= std::uint64_t{1} << slot;
    programs_.push_back(program);
    dropped_.push_back(work_of(params_.dispatch));
    for (const Term& term : program.terms) {
        if (std::find(functions_.begin(), functions_.end(), term.function) == functions_.end()) {
            functions_.push_back(term.function);
        }
    }
}

ActionChain::Work ActionChain::work_of(std::uint64_t cycles) const {
    return {cycle_time_ * cycles, static_cast<std::uint32_t>(cycles)};
}

void ActionChain::find_profile(const HeaderVector& hv) {
    for (const auto& profile : profiles_) {
        if (fits(*profile, hv)) {
            latest_ = profile.get();
            return;
        }
    }
    if (profiles_.size() == most_profiles) profiles_.clear();
    auto& profile = *profiles_.emplace_back(std::make_unique<Profile>());
    for (std::size_t i = 0; i < functions_.size(); ++i) {
        profile.met[i] = hv.runs[functions_[i]].conditions;
    }
    for (const StageProgram& program : programs_) {
        std::uint64_t cycles = params_.dispatch;
        for (const Term& term : program.terms) {
            if (hv.runs[term.function].has(term.when)) cycles += term.cycles;
        }
        profile.work.push_back(work_of(cycles));
    }
    latest_ = &profile;
}

}  // namespace snsim

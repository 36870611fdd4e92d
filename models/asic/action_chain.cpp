#include "models/asic/action_chain.h"

#include <algorithm>

namespace snsim {

ActionChain::ActionChain(const Params& params)
    : params_(params), cycle_time_(cycles(1, params.clock)) {}

void ActionChain::add_stage(std::string path, Partition& partition, const StageProgram& program) {
    const std::uint8_t slot = partition.stations.next_slot();
    partition.stations.add(engines_.add(std::move(path), slot, params_.engines), params_.resource);
    programs_.push_back(program);
    dropped_ = std::make_unique<EngineChain::Profile>(
        std::vector<EngineChain::Work>(programs_.size(), work_of(params_.dispatch)));
    for (const Term& term : program.terms) {
        const auto end = functions_.begin() + static_cast<std::ptrdiff_t>(function_count_);
        if (std::find(functions_.begin(), end, term.function) == end) {
            functions_[function_count_++] = term.function;
        }
    }
}

EngineChain::Work ActionChain::work_of(std::uint64_t cycles) const {
    return {cycle_time_ * cycles, static_cast<std::uint32_t>(cycles)};
}

void ActionChain::find_profile(const HeaderVector& hv) {
    for (std::size_t i = 0; i < function_count_; ++i) met_[i] = hv.runs[functions_[i]].conditions;
    for (const Known& known : known_) {
        if (known.met == met_) {
            latest_ = known.profile.get();
            return;
        }
    }
    if (known_.size() == most_profiles) {
        engines_.forget_profile();
        known_.clear();
    }
    std::vector<EngineChain::Work> work;
    for (const StageProgram& program : programs_) {
        std::uint64_t cycles = params_.dispatch;
        for (const Term& term : program.terms) {
            if (hv.runs[term.function].has(term.when)) cycles += term.cycles;
        }
        work.push_back(work_of(cycles));
    }
    known_.push_back({met_, std::make_unique<EngineChain::Profile>(std::move(work))});
    latest_ = known_.back().profile.get();
}

}  // namespace snsim

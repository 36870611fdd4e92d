// A host's cores side by side: `host0.cpu` with `host0.cpu.core0` and so on.
#pragma once

#include <deque>
#include <string>
#include <systemc>

#include "models/host/core.h"

namespace snsim {

class Processor : public sc_core::sc_module {
  public:
    Processor(const sc_core::sc_module_name& module_name, Partition& partition,
              const CpuParams& params)
        : sc_module(module_name) {
        for (std::uint32_t i = 0; i < params.cores; ++i) {
            cores_.emplace_back(partition, std::string(name()) + ".core" + std::to_string(i),
                                params, i);
        }
    }

    [[nodiscard]] Core& core(std::size_t index) { return cores_[index]; }
    [[nodiscard]] std::size_t cores() const { return cores_.size(); }

  private:
    std::deque<Core> cores_;
};

}  // namespace snsim

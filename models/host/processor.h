// A host's cores side by side, `host0.cpu` with `host0.cpu.core0` and so on, and their common way
// to the registers of cards.
#pragma once

#include <deque>
#include <string>
#include <systemc>

#include "models/host/core.h"
#include "models/host/register_writer.h"

namespace snsim {

class Processor : public sc_core::sc_module {
  public:
    Processor(const sc_core::sc_module_name& module_name, Partition& partition,
              const CpuParams& params)
        : sc_module(module_name), registers("to_root", partition.agenda) {
        for (std::uint32_t i = 0; i < params.cores; ++i) {
            cores_.emplace_back(partition, std::string(name()) + ".core" + std::to_string(i),
                                params, i);
        }
    }

    RegisterWriter registers;

    [[nodiscard]] Core& core(std::size_t index) { return cores_[index]; }
    [[nodiscard]] std::size_t cores() const { return cores_.size(); }

  private:
    std::deque<Core> cores_;
};

}  // namespace snsim

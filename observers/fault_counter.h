// What card and host refused to interfaces, or found wrong with what they did, since the run began.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "models/host/host_events.h"
#include "models/nic/nic_events.h"
#include "models/pcie/pcie_events.h"

namespace snsim {

class FaultCounter {
  public:
    /// Where it was found, whose interface it was, and what.
    using Key = std::tuple<std::string, std::uint16_t, std::string_view>;

    /// One place that finds faults; listens to its probes.
    class Place {
      public:
        Place(FaultCounter& counter, std::string path)
            : counter_(counter), path_(std::move(path)) {}
        void nic(const NicFaulted& fact) {
            count(fact.function, nic_fault_names[static_cast<std::size_t>(fact.fault)]);
        }
        void dma(const DmaRefused& fact) {
            count(fact.function, dma_refusal_names[static_cast<std::size_t>(fact.what)]);
        }
        void host(const HostFaulted& fact) {
            count(fact.function, host_fault_names[static_cast<std::size_t>(fact.fault)]);
        }

      private:
        void count(std::uint16_t function, std::string_view what) {
            ++counter_.counts_[{path_, function, what}];
        }

        FaultCounter& counter_;
        std::string path_;
    };

    [[nodiscard]] const std::map<Key, std::uint64_t>& counts() const { return counts_; }

  private:
    std::map<Key, std::uint64_t> counts_;
};

}  // namespace snsim

// The whole that a scenario describes, elaborated: hosts with their cards, wires and testers, each
// host a partition of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/base/dispatcher.h"
#include "models/card/card.h"
#include "models/host/host_memory.h"
#include "models/network/capture_source.h"
#include "models/network/closed_loops.h"
#include "models/network/generated_source.h"
#include "models/network/wire_tester.h"
#include "models/pcie/access_load.h"
#include "models/pcie/root_complex.h"
#include "models/system/addressing.h"
#include "models/system/event_player.h"
#include "models/system/host_bus.h"
#include "models/system/scenario.h"
#include "models/system/software.h"

namespace snsim {

/// A function of the scenario as it runs on a host's card.
struct RunningFunction {
    std::string name;
    std::unique_ptr<Function> function;
    Placement memory;
};

class Host : public sc_core::sc_module {
  public:
    struct Settings {
        const HostParams& params;
        std::uint64_t seed;
        std::vector<std::size_t> accesses;  ///< classes that each device's DMA engine serves
        std::vector<Card::Interface> interfaces;
        std::vector<NextHops> next_hops;  ///< of what interfaces send on, by interface
        std::vector<const EventParams*> events;
    };
    Host(const sc_core::sc_module_name& name, Partition& partition, const Settings& settings,
         const std::vector<PlacedFunction>& functions);

  private:
    std::unique_ptr<HostBus> bus_;  ///< where the host has a profile

  public:
    Card card;
    WireTester wire0;
    WireTester wire1;
    // where the host has a profile
    std::unique_ptr<Iommu> iommu;
    std::unique_ptr<RootComplex> root;
    std::unique_ptr<HostMemory> memory;
    std::vector<std::unique_ptr<AccessLoad>> loads;
    std::unique_ptr<ClosedLoops> closed_loops;  ///< where a class has a window
    std::unique_ptr<Software> software;         ///< where it has interfaces
    std::unique_ptr<EventPlayer> events;        ///< where there are some

    /// Not to be asked of a host without a profile.
    [[nodiscard]] HostBus& bus() const { return *bus_; }
    [[nodiscard]] WireTester& wire(std::size_t index) { return index == 0 ? wire0 : wire1; }

  private:
    void start_of_simulation() override;
    void build_memory_side(Partition& partition, const Settings& settings);

    // in place of what is not modelled yet
    std::unique_ptr<MemoryStub> interrupts_;
    std::unique_ptr<MemoryOut> cores_;
};

class System {
  public:
    /// Builds everything; captures are read here. Throws CaptureError, std::invalid_argument.
    explicit System(const Scenario& scenario);
    System(const System&) = delete;
    System& operator=(const System&) = delete;
    ~System();

    struct HostParts {
        std::unique_ptr<Partition> partition;
        std::vector<RunningFunction> functions;
        std::unique_ptr<Host> host;
    };

    [[nodiscard]] Dispatcher& dispatcher() { return *dispatcher_; }
    [[nodiscard]] std::vector<HostParts>& hosts() { return hosts_; }
    [[nodiscard]] const Scenario& scenario() const { return scenario_; }
    /// What a replayed class's capture holds, by class; nothing for generated classes.
    [[nodiscard]] const std::vector<std::string>& replay_notes() const { return replay_notes_; }

  private:
    void build_host(std::size_t index);
    [[nodiscard]] bool is_routed(std::size_t host) const;
    [[nodiscard]] std::vector<Card::Interface> card_interfaces(std::size_t host) const;
    [[nodiscard]] std::vector<NextHops> next_hops(std::size_t host) const;
    void build_traffic(std::size_t index);
    void build_accesses(std::size_t index);
    [[nodiscard]] bool is_confined(std::size_t index) const;
    void install_flows(const TrafficParams& traffic, const FlowPlan& plan, std::size_t host);

    const Scenario& scenario_;
    Addressing addressing_;
    std::unique_ptr<Dispatcher> dispatcher_;
    std::vector<HostParts> hosts_;
    std::vector<std::unique_ptr<FlowPlan>> plans_;  // by class
    std::vector<std::string> replay_notes_;
};

}  // namespace snsim

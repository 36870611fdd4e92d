// The dispatcher runs every partition's agenda from one SC_METHOD.
//
// In each window all partitions, in the order they were added, execute their items with t < H,
// where H is the earliest of: the next activity of other kernel processes, the window start plus
// the smallest latency of a link between partitions, and the time the caller asked to stop at.
// At equal time kernel processes go first: the dispatcher re-notifies itself in zero time until
// only it is pending.
#pragma once

#include <memory>
#include <systemc>
#include <vector>

#include "models/base/agenda.h"

namespace snsim {

class Dispatcher : public sc_core::sc_module {
  public:
    explicit Dispatcher(const sc_core::sc_module_name& name);

    /// Sets the kernel's resolution (1 ps); call before anything is built.
    static void set_time_resolution();

    Agenda& add_partition();
    /// A link between partitions of this latency (> 0) bounds the window.
    void bound_window(Duration latency);
    /// Simulates up to t: all items before t are executed.
    void run_until(Picoseconds t);

    [[nodiscard]] Picoseconds now() const { return now_; }
    [[nodiscard]] std::vector<std::unique_ptr<Agenda>>& partitions() { return partitions_; }
    /// Windows dispatched: the kernel's part of the work.
    [[nodiscard]] std::uint64_t windows() const { return windows_; }

  private:
    void end_of_elaboration() override;
    void dispatch();

    // wiring
    std::vector<std::unique_ptr<Agenda>> partitions_;
    sc_core::sc_event resume_;

    // state
    Picoseconds window_ = 0;  ///< 0: no links between partitions
    Picoseconds stop_ = 0;
    Picoseconds now_ = 0;
    std::uint64_t windows_ = 0;
};

}  // namespace snsim

// What the pipelines do for every frame besides the scenario's functions: the fixed part of the
// card's program, counted in primitives like any function.
//
// Ingress: classify the port and frame, choose the egress port: where the card has interfaces, that
// of the one whose MAC address the frame has; else the other wire, or the interface's own for what
// it sends. A function may decide otherwise. Egress: apply the edits, update the port's counters.
#pragma once

#include "models/functions/function.h"
#include "models/functions/mac_filter.h"

namespace snsim {

class Forwarding final : public Function {
  public:
    enum class Side : std::uint8_t { ingress, egress };
    /// `filter`: of the card's NIC, null if it has no interfaces; it outlives this.
    explicit Forwarding(Side side, const MacFilter* filter = nullptr);

    [[nodiscard]] std::string_view kind() const override { return "forwarding"; }
    [[nodiscard]] const std::vector<TableInfo>& tables() const override { return tables_; }
    [[nodiscard]] const Program& program() const override { return program_; }
    void prefetch(const FrameView&, ExpectedLines&) const override {}
    void begin(FrameView& frame, Execution& run) override;
    void lookup(unsigned step, FrameView& frame, Execution& run, LookupPlan& plan) override;
    [[nodiscard]] bool rewrites() const override { return false; }
    void rewrite(FrameView&, Execution&) override {}

  private:
    Side side_;
    const MacFilter* filter_;
    std::vector<TableInfo> tables_;
    Program program_;
};

}  // namespace snsim

// What the pipelines do for every frame besides the scenario's functions: the fixed part of the
// card's program, counted in primitives like any function.
//
// Ingress: classify the port and frame, choose the egress port (the other one, unless a function
// decides). Egress: apply the edits, update the port's counters.
#pragma once

#include "models/functions/function.h"

namespace snsim {

class Forwarding final : public Function {
  public:
    enum class Side : std::uint8_t { ingress, egress };
    explicit Forwarding(Side side);

    [[nodiscard]] std::string_view kind() const override { return "forwarding"; }
    [[nodiscard]] const std::vector<TableInfo>& tables() const override { return tables_; }
    [[nodiscard]] const Program& program() const override { return program_; }
    void prefetch(const FrameView&, ExpectedLines&) const override {}
    void begin(FrameView& frame, Execution& run) override;
    void lookup(unsigned, FrameView&, Execution&, LookupPlan&) override {}
    void rewrite(FrameView&, Execution&) override {}

  private:
    Side side_;
    std::vector<TableInfo> tables_;
    Program program_;
};

}  // namespace snsim

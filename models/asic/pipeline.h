// A match-action pipeline: the bus that brings frames in, and stages of match and action.
//
// Bus: the frame without FCS and its internal header move `width` bytes per clock, back to back.
// Match: a stage's look-ups follow each other; each has `lookups` slots, issues one key per clock
// and gives results in order (lookup_unit.h). Action: `engines` per stage run the stage's
// operations for the frame (action_chain.h) and hand frames on in order. A frame that a function
// drops is carried to the exit without executing anything more, as real pipelines predicate it off.
// `contexts` bounds the frames inside; a frame at the exit gives its context back.
// Left out: recirculation, copies, engines that stall on a look-up of their own.
#pragma once

#include <deque>
#include <memory>
#include <systemc>
#include <vector>

#include "models/asic/action_chain.h"
#include "models/asic/lookup_unit.h"
#include "models/base/frame_stream.h"

namespace snsim {

class Pipeline : public sc_core::sc_module, private LookupOwner {
  public:
    struct Build {
        const PipelineParams& params;
        const CostParams& cost;
        Frequency clock;
        Duration credit_latency;
        std::vector<PlacedFunction> functions;
        std::size_t outputs;  ///< 1, or one per egress port
    };

    Pipeline(const sc_core::sc_module_name& name, Partition& partition, const Build& build,
             TableMemory& memory);

    FrameIn in;

    [[nodiscard]] FrameOut& out(std::size_t index = 0) { return *outs_[index]; }

    [[nodiscard]] BlockId block() const { return block_; }
    /// Frames whose exit is decided, each of which gave a context back.
    [[nodiscard]] std::int64_t exited() const { return exited_; }
    [[nodiscard]] const std::vector<StageProgram>& program() const { return program_; }
    /// Where the tables stand, by function and table.
    [[nodiscard]] const std::vector<std::vector<TableLocation>>& places() const { return places_; }

  private:
    /// What a frame meets on its way, in order: functions that begin, look-ups, and engines; and,
    /// without run-ahead, the wait for the agenda's turn before the latter two.
    struct Step {
        enum class Kind : std::uint8_t { begin, look_up, act, wait };

        Kind kind;
        std::uint8_t function = 0;     ///< that begins
        Function* begins = nullptr;    ///< the same
        Function* rewrites = nullptr;  ///< the one before it, if it has to
        LookupUnit* lookup = nullptr;
        ActionChain* chain = nullptr;
        std::unique_ptr<FrameInput> input{};  ///< of a wait
        Pipeline* pipeline = nullptr;
        std::size_t next = 0;  ///< step
    };

    void build_stage(Partition& partition, const Build& build, std::size_t stage);
    void begin_functions(std::size_t count);
    void add_wait(Partition& partition);
    Step& add_step(Step::Kind kind);
    void enter_bus(Frame& frame, Picoseconds t);
    void go_on(Frame& frame, Picoseconds t, std::size_t step) override;
    void exit(Frame& frame, Picoseconds t);
    static void tell_nic(Frame& frame, const HeaderVector& hv);
    void begin(const Step& step, Frame& frame, HeaderVector& hv, Picoseconds t) const;

    // parameters
    UnitTime byte_time_;       ///< on the bus
    std::uint32_t bus_extra_;  ///< bytes on the bus besides the frame's
    Picoseconds credit_latency_;

    // wiring
    std::vector<std::unique_ptr<FrameOut>> outs_;
    bool run_ahead_;
    TableMemory& memory_;
    std::vector<Function*> functions_;
    Function* rewrites_last_ = nullptr;  ///< the last function, if it has to
    bool one_way_out_;
    std::vector<std::vector<TableLocation>> places_;  ///< by function and table
    std::vector<std::uint8_t> drop_places_;
    BlockId block_;
    FrameInput input_;

    // state
    std::size_t begun_ = 0;  ///< functions, by the steps so far
    std::vector<StageProgram> program_;
    std::int64_t exited_ = 0;
    FifoServer bus_;
    std::deque<LookupUnit> lookups_;
    std::deque<ActionChain> chains_;
    std::vector<Step> steps_;
};

}  // namespace snsim

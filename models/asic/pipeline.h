// A match-action pipeline: the bus that brings frames in, and stages of match and action.
//
// Bus: the frame without FCS and its internal header move `width` bytes per clock, back to back.
// Match: a stage's look-ups follow each other; each has `lookups` slots, issues one key per clock
// and gives results in order (match_action.h). Action: `engines` per stage run the stage's
// operations for the frame (stage_program.h) and hand frames on in order. A frame that a function
// drops is carried to the exit without executing anything more, as real pipelines predicate it off.
// `contexts` bounds the frames inside; a frame at the exit gives its context back.
// Left out: recirculation, copies, engines that stall on a look-up of their own.
#pragma once

#include <deque>
#include <memory>
#include <systemc>
#include <vector>

#include "models/asic/match_action.h"
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
    /// A look-up or a stage's engines, in the order in which a frame meets them.
    struct Element {
        Picoseconds last = 0;
        bool begins = false;                ///< functions that no element before it needed
        std::size_t functions = 0;          ///< that must have begun before
        ActionUnit* action = nullptr;       ///< either this
        LookupUnit* lookup = nullptr;       ///< or this
        std::unique_ptr<FrameInput> input;  ///< without run-ahead
        Pipeline* pipeline = nullptr;
        std::size_t index = 0;
    };

    void build_stage(Partition& partition, const Build& build, std::size_t stage);
    Element& add_element(Partition& partition, std::size_t functions);
    void prefetch(const FrameView& view) const;
    void enter_bus(Frame& frame, Picoseconds t);
    void advance(Frame& frame, Picoseconds t, std::size_t index);
    /// When the frame goes on from the element, or `waits`.
    [[nodiscard]] Picoseconds process(Element& element, Frame& frame, HeaderVector& hv,
                                      Picoseconds t);
    void looked_up(Frame& frame, Picoseconds t, std::size_t element) override;
    void exit(Frame& frame, Picoseconds t);
    void run_functions(Frame& frame, Picoseconds t, std::size_t count);
    void finish_function(HeaderVector& hv, Picoseconds t);
    void decide_drop(Frame& frame, std::size_t function);

    // parameters
    UnitTime byte_time_;       ///< on the bus
    std::uint32_t bus_extra_;  ///< bytes on the bus besides the frame's
    Picoseconds credit_latency_;

    // wiring
    std::vector<std::unique_ptr<FrameOut>> outs_;
    bool run_ahead_;
    TableMemory& memory_;
    struct Running {
        Function* function;
        bool rewrites;
    };
    std::vector<Running> running_;  ///< the functions
    std::vector<Execution> fresh_;  ///< of every function, for a frame that comes in
    bool one_way_out_;
    bool has_tables_ = false;
    std::vector<std::vector<TableLocation>> places_;  ///< by function and table
    std::vector<std::uint8_t> drop_places_;
    BlockId block_;
    FrameInput input_;

    // state
    std::size_t needed_ = 0;  ///< functions, by the elements so far
    std::vector<StageProgram> program_;
    std::int64_t exited_ = 0;
    FifoServer bus_;
    std::deque<LookupUnit> lookups_;
    std::deque<ActionUnit> actions_;
    std::vector<Element> elements_;
};

}  // namespace snsim

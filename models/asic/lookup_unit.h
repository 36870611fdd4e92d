// The match half of match-action stages: one unit for each look-up of a stage.
#pragma once

#include <memory>
#include <vector>

#include "models/asic/header_vector.h"
#include "models/asic/stage_program.h"
#include "models/asic/table_memory.h"
#include "models/base/credits.h"
#include "models/base/inputs.h"
#include "models/base/partition.h"
#include "models/base/servers.h"

namespace snsim {

/// Who owns a look-up unit and takes the frames that waited in it.
class LookupOwner {
  public:
    /// The frame goes on at t with the step that stands behind the look-up.
    virtual void go_on(Frame& frame, Picoseconds t, std::size_t step) = 0;

  protected:
    ~LookupOwner() = default;
};

/// In place of a time: the frame waits for a decision of the agenda.
inline constexpr Picoseconds waits = -1;

struct LookupWiring {
    LookupOwner& owner;
    std::size_t next;  ///< step, for go_on()
    Function& function;
    TableMemory& memory;
    std::uint8_t place;  ///< where drops decided here are booked
};

/// One look-up of one function: slots, one key per clock, results in order.
///
/// Private (read-only table in SRAM or TCAM): computed when the frame arrives. Otherwise the start
/// is an agenda point. A slot is held from the start to the exit; time that the memory makes a
/// look-up wait for a busy channel is stall, not service. Dependent lines (further levels of a
/// trie) of a table in shared memory are in-order levels with an agenda point each, because other
/// accesses may come in between.
class LookupUnit {
  public:
    struct Params {
        LookupSite site;
        TableLocation place;
        bool stateful;  ///< the function keeps state, so the order of its look-ups decides
        std::uint32_t slots;
        std::uint32_t levels;  ///< dependent lines in a row; the last level reads all that remain
        Exact issue_time;
        std::string pipeline;  ///< whose `lookups` sizes the slots
    };

    LookupUnit(const std::string& path, Partition& partition, BlockId block, const Params& params,
               const LookupWiring& wiring);
    LookupUnit(const LookupUnit&) = delete;
    LookupUnit& operator=(const LookupUnit&) = delete;

    /// The frame comes at t. Returns when it goes on, or `waits`; the owner then gets it later.
    Picoseconds arrive(Frame& frame, HeaderVector& hv, Picoseconds t) {
        // Most units concern few frames, and let the others by.
        const bool looks_up = concerns(hv);
        if (!looks_up && queue_.empty() && deeper_ == 0 && last_exit_ <= t && last_ <= t) {
            last_ = last_exit_ = t;
            return t;
        }
        return take(frame, hv, t, looks_up);
    }

  private:
    Picoseconds take(Frame& frame, HeaderVector& hv, Picoseconds t, bool looks_up);

    struct Arrival {
        Frame* frame;
        Picoseconds t;
    };
    struct Level {
        LookupUnit* unit;
        std::size_t index;
        std::unique_ptr<Wake> wake;
        Ring<Arrival> queue;
        Ring<LookupPlan> plans;
        Picoseconds last = 0;
    };

    [[nodiscard]] bool concerns(const HeaderVector& hv) const {
        return !hv.dropped && (hv.runs[function_].conditions & when_) != 0;
    }
    void fetch(Frame& frame) const;
    Arrival pop();
    Picoseconds look_up_now(Frame& frame, HeaderVector& hv, Picoseconds t);
    TableMemory::Access read_first(Frame& frame, HeaderVector& hv, Picoseconds start,
                                   LookupPlan& plan);
    TableMemory::Access read_lines(const LookupPlan& plan, std::size_t from, std::size_t to,
                                   Picoseconds t);
    TableMemory::Access read_line(const LookupPlan& plan, std::size_t index, Picoseconds t);
    Picoseconds descend(Frame& frame, HeaderVector& hv, Picoseconds ready, const LookupPlan& plan,
                        std::size_t level);
    Picoseconds exit_at(Picoseconds ready, Picoseconds stall);
    Picoseconds finish(Frame& frame, HeaderVector& hv, Picoseconds ready);
    Picoseconds pass_by(Frame& frame, HeaderVector& hv, Picoseconds t);
    void hand_on(Frame& frame, Picoseconds t) {
        if (t != waits) wiring_.owner.go_on(frame, t, wiring_.next);
    }
    [[nodiscard]] static bool has_more(const LookupPlan& plan) {
        return plan.dependent && plan.count > 1;
    }
    void schedule();
    void pump();
    static void first_due(void* unit);
    static void level_due(void* level);

    // state
    Picoseconds last_ = 0;  // latest exit of the first line
    Picoseconds last_exit_ = 0;
    Picoseconds last_finish_ = 0;  // of service, which waiting for the memory is not
    std::size_t deeper_ = 0;       // frames queued in the levels

    // parameters
    ConditionMask when_;     // it looks up
    std::uint8_t function_;  // whose conditions those are
    bool agenda_point_;
    Params params_;

    // wiring
    Agenda& agenda_;
    LookupWiring wiring_;
    std::unique_ptr<Wake> wake_;

    // state
    Ring<Arrival> queue_;
    OrderedSlots slots_;
    FreeTime issue_;
    Station station_;
    std::vector<std::unique_ptr<Level>> levels_;  // the second and further dependent lines
};

}  // namespace snsim

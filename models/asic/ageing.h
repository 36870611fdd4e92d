// The ageing engine: walks through the tables of functions that keep state and has them reclaim
// entries that are too old.
//
// Every `interval` it looks at up to `entries` entries: one table after the other in the order of
// the functions, then from the start again. It reads their lines through the table memory, past the
// cache, and writes those that it changed, which takes DRAM bandwidth and energy. It comes last: at
// the first line whose DRAM channel is busy it stops until the next sweep, so a memory that frames
// keep busy is not swept. A look-up never finds an entry that is too old, swept or not; what the
// sweep changes is how many slots are taken and how far look-ups must read. Left out: timer wheels,
// which find old entries without reading the young; export of what was reclaimed.
#pragma once

#include <systemc>
#include <vector>

#include "models/asic/asic_events.h"
#include "models/asic/asic_params.h"
#include "models/asic/stage_program.h"
#include "models/base/inputs.h"
#include "models/base/partition.h"

namespace snsim {

class Ageing : public sc_core::sc_module {
  public:
    struct Table {
        Function* function;
        unsigned index;  ///< in function->tables()
        std::uint64_t entries;
        TableLocation place;
    };

    Ageing(const sc_core::sc_module_name& name, Partition& partition, const AgeingParams& params,
           std::vector<Table> tables, TableMemory& memory);

    /// The tables that keep state, of functions whose tables stand at `places`.
    [[nodiscard]] static std::vector<Table> stateful_tables(
        const std::vector<PlacedFunction>& functions,
        const std::vector<std::vector<TableLocation>>& places);

    Probe<EntriesSwept> swept;

  private:
    void start_of_simulation() override;
    void sweep();

    // parameters
    Picoseconds interval_;
    std::uint64_t entries_;

    // wiring
    Agenda& agenda_;
    std::vector<Table> tables_;
    TableMemory& memory_;
    Wake wake_;

    // state
    std::size_t table_ = 0;
    std::uint64_t entry_ = 0;  ///< the next one of that table
};

}  // namespace snsim

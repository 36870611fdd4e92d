#include "models/asic/ageing.h"

namespace snsim {

Ageing::Ageing(const sc_core::sc_module_name& name, Partition& partition,
               const AgeingParams& params, std::vector<Table> tables, TableMemory& memory)
    : sc_module(name),
      interval_(params.interval.value),
      entries_(static_cast<std::uint64_t>(params.entries)),
      agenda_(partition.agenda),
      tables_(std::move(tables)),
      memory_(memory),
      wake_(partition.agenda, partition.agenda.add_block(this->name()),
            wake_handler<&Ageing::sweep, Ageing>(), this) {}

std::vector<Ageing::Table> Ageing::stateful_tables(
    const std::vector<PlacedFunction>& functions,
    const std::vector<std::vector<TableLocation>>& places) {
    std::vector<Table> result;
    for (std::size_t f = 0; f < functions.size(); ++f) {
        const auto& tables = functions[f].function->tables();
        for (unsigned i = 0; i < tables.size(); ++i) {
            if (!tables[i].stateful) continue;
            result.push_back({functions[f].function, i, tables[i].entries, places[f][i]});
        }
    }
    return result;
}

void Ageing::start_of_simulation() {
    if (!tables_.empty() && entries_ > 0) wake_.at(interval_, Phase::timer);
}

void Ageing::sweep() {
    const Picoseconds now = agenda_.now();
    agenda_.count_item();
    const Table& table = tables_[table_];
    std::uint32_t count = 0;
    std::size_t reclaimed = 0;
    for (; count < entries_ && entry_ < table.entries; ++count, ++entry_) {
        const auto line = static_cast<std::uint32_t>(entry_ * table.place.entry_bytes / line_bytes);
        if (!memory_.free_for_sweep(table.place, line, now)) break;
        LookupPlan plan;
        reclaimed += table.function->age(table.index, now, 1, plan);
        for (std::size_t i = 0; i < plan.count; ++i) {
            memory_.sweep(table.place, plan.line[i], (plan.written >> i & 1) != 0, now);
        }
    }
    swept({now, count, static_cast<std::uint32_t>(reclaimed)});
    if (entry_ == table.entries) {
        entry_ = 0;
        table_ = (table_ + 1) % tables_.size();
    }
    wake_.at(now + interval_, Phase::timer);
}

}  // namespace snsim

#include "models/asic/pipeline.h"

#include <algorithm>

namespace snsim {

namespace {

/// Levels of a look-up unit: a hash bucket's home line says how many more to read; a trie's every
/// line leads to the next.
std::uint32_t levels_of(const TableInfo& table) {
    switch (table.kind) {
        case TableKind::hash: return 2;
        case TableKind::lpm: return 12;
        case TableKind::ternary:
        case TableKind::direct: return 1;
    }
    return 1;
}

bool keeps_state(const Function& function) {
    const auto& tables = function.tables();
    return std::any_of(tables.begin(), tables.end(),
                       [](const TableInfo& table) { return table.stateful; });
}

}  // namespace

Pipeline::Pipeline(const sc_core::sc_module_name& name, Partition& partition, const Build& build,
                   TableMemory& memory)
    : sc_module(name),
      in(
          "in", partition.agenda,
          [](void* pipeline, Frame& frame, Picoseconds t) {
              static_cast<Pipeline*>(pipeline)->input_.accept(frame, t);
          },
          this),
      bus_rate_{build.params.width.value * 8 * build.clock.value},
      bus_extra_(static_cast<std::uint32_t>(build.params.internal_header.value)),
      credit_latency_(build.credit_latency.value),
      run_ahead_(partition.agenda.run_ahead),
      functions_(build.functions),
      block_(partition.agenda.add_block(this->name())),
      input_(partition.agenda, block_, InputKind::private_fifo,
             frame_handler<&Pipeline::enter_bus, Pipeline>(), this),
      program_(compile(build.functions, build.cost, static_cast<std::size_t>(build.params.stages))),
      bus_(std::string(this->name()) + ".bus", partition.stations.next_slot()) {
    for (std::size_t i = 0; i < build.outputs; ++i) {
        outs_.push_back(
            std::make_unique<FrameOut>(("out" + std::to_string(i)).c_str(), partition.agenda));
    }
    partition.stations.add(bus_.station, {this->name(), "width"});
    for (const PlacedFunction& placed : functions_) {
        places_.emplace_back();
        for (const TableInfo& table : placed.function->tables()) {
            places_.back().push_back(memory.place(table, placed.memory));
        }
        drop_places_.push_back(partition.add_place(std::string(this->name()) + "." + placed.name));
    }
    for (std::size_t stage = 0; stage < program_.size(); ++stage) {
        build_stage(partition, build, stage, memory);
    }
}

void Pipeline::build_stage(Partition& partition, const Build& build, std::size_t stage,
                           TableMemory& memory) {
    const StageProgram& program = program_[stage];
    const std::string path = std::string(name()) + ".stage" + std::to_string(stage);
    for (const LookupSite& site : program.lookups) {
        const PlacedFunction& placed = functions_[site.function];
        const TableInfo& table = placed.function->tables()[site.table];
        Element& element = add_element(partition, site.function + std::size_t{1});
        element.lookup = std::make_unique<LookupUnit>(
            path + ".lookup." + placed.name + "." + table.name + std::to_string(site.step),
            partition, block_,
            LookupUnit::Params{site, places_[site.function][site.table],
                               keeps_state(*placed.function),
                               static_cast<std::uint32_t>(build.params.lookups), levels_of(table),
                               cycles(1, build.clock), name()},
            LookupWiring{*this, element.index, *placed.function, memory,
                         drop_places_[site.function]});
    }
    std::size_t functions = 0;
    for (const Term& term : program.terms) {
        functions = std::max(functions, term.function + std::size_t{1});
    }
    if (functions == 0) return;  // an empty stage is a wire
    Element& element = add_element(partition, functions);
    element.action = std::make_unique<ActionUnit>(
        path, partition, program, static_cast<std::uint32_t>(build.params.engines),
        static_cast<std::uint32_t>(build.cost.dispatch), build.clock, Resource{name(), "engines"});
}

Pipeline::Element& Pipeline::add_element(Partition& partition, std::size_t functions) {
    auto element = std::make_unique<Element>();
    element->pipeline = this;
    element->index = elements_.size();
    element->functions = functions;
    if (!run_ahead_) {
        element->input = std::make_unique<FrameInput>(
            partition.agenda, block_, InputKind::private_fifo,
            [](void* context, Frame& frame, Picoseconds t) {
                auto& self = *static_cast<Element*>(context);
                const Picoseconds leave = self.pipeline->process(self, frame, t);
                if (leave != waits) self.pipeline->advance(frame, leave, self.index + 1);
            },
            element.get());
    }
    elements_.push_back(std::move(element));
    return *elements_.back();
}

void Pipeline::enter_bus(Frame& frame, Picoseconds t) {
    auto& hv = frame.note<HeaderVector>();
    hv.begun = 0;
    for (std::size_t i = 0; i < functions_.size(); ++i) hv.runs[i] = Execution{};
    const std::uint32_t bytes = frame.bytes - fcs_bytes + bus_extra_;
    advance(frame, bus_.pass(frame, t, Bytes{bytes} / bus_rate_, bytes), 0);
}

/// Takes the frame through the elements from `index` on, as far as it can go now.
void Pipeline::advance(Frame& frame, Picoseconds t, std::size_t index) {
    for (; index < elements_.size(); ++index) {
        Element& element = *elements_[index];
        if (element.input) {
            element.input->accept(frame, t);
            return;
        }
        t = process(element, frame, t);
        if (t == waits) return;
    }
    exit(frame, t);
}

Picoseconds Pipeline::process(Element& element, Frame& frame, Picoseconds t) {
    SNSIM_CHECK(t >= element.last, "frames reached a stage out of time order");
    element.last = t;
    const auto& hv = frame.note<HeaderVector>();
    if (hv.begun < element.functions && !hv.dropped) run_functions(frame, t, element.functions);
    if (element.action) return element.action->pass(frame, t);
    return element.lookup->arrive(frame, t);
}

void Pipeline::looked_up(Frame& frame, Picoseconds t, std::size_t element) {
    advance(frame, t, element + 1);
}

void Pipeline::exit(Frame& frame, Picoseconds t) {
    run_functions(frame, t, functions_.size());
    auto& hv = frame.note<HeaderVector>();
    if (!functions_.empty() && !hv.dropped) {
        FrameView view = HeaderVector::view(frame, t);
        functions_.back().function->rewrite(view, hv.runs[functions_.size() - 1]);
    }
    ++exited_;
    frame.out_port = static_cast<std::uint8_t>(hv.out_port);
    in.return_credit(frame, t + credit_latency_);
    outs_[outs_.size() > 1 ? frame.out_port : 0]->send(frame, t);
}

/// Ends the functions before the one numbered `count` - 1 and begins those up to it.
void Pipeline::run_functions(Frame& frame, Picoseconds t, std::size_t count) {
    auto& hv = frame.note<HeaderVector>();
    while (hv.begun < count && !hv.dropped) {
        FrameView view = HeaderVector::view(frame, t);
        if (hv.begun > 0) {
            functions_[hv.begun - 1U].function->rewrite(view, hv.runs[hv.begun - 1U]);
        }
        Execution& run = hv.runs[hv.begun];
        functions_[hv.begun].function->begin(view, run);
        if (run.verdict != Verdict::forward) decide_drop(frame, hv.begun);
        ++hv.begun;
    }
}

void Pipeline::decide_drop(Frame& frame, std::size_t function) {
    auto& hv = frame.note<HeaderVector>();
    const Execution& run = hv.runs[function];
    hv.dropped = true;
    const DropReason reason = run.verdict == Verdict::drop ? run.drop : DropReason::header_too_long;
    frame.drop_reason = static_cast<std::uint8_t>(reason);
    frame.drop_place = drop_places_[function];
}

}  // namespace snsim

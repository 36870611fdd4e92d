#include "models/asic/pipeline.h"

#include <algorithm>
#include <cstring>

namespace snsim {

namespace {

bool keeps_state(const Function& function) {
    const auto& tables = function.tables();
    return std::any_of(tables.begin(), tables.end(),
                       [](const TableInfo& table) { return table.stateful; });
}

}  // namespace

Pipeline::Pipeline(const sc_core::sc_module_name& name, Partition& partition, const Build& build,
                   TableMemory& memory)
    : sc_module(name),
      in("in", partition.agenda,
         input_function<&Pipeline::input_, &Pipeline::enter_bus, Pipeline>(), this),
      byte_time_(Bytes{1} / BitRate{build.params.width.value * 8 * build.clock.value}),
      bus_extra_(static_cast<std::uint32_t>(build.params.internal_header.value)),
      credit_latency_(build.credit_latency.value),
      run_ahead_(partition.agenda.run_ahead),
      memory_(memory),
      fresh_(build.functions.size()),
      one_way_out_(build.outputs == 1),
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
    for (const PlacedFunction& placed : build.functions) {
        running_.push_back({placed.function, placed.function->rewrites()});
        places_.emplace_back();
        for (const TableInfo& table : placed.function->tables()) {
            has_tables_ = true;
            places_.back().push_back(memory.place(table, placed.memory));
        }
        drop_places_.push_back(partition.add_place(std::string(this->name()) + "." + placed.name));
    }
    std::size_t most = program_.size();
    for (const StageProgram& stage : program_) most += stage.lookups.size();
    elements_.reserve(most);  // their inputs point at them
    for (std::size_t stage = 0; stage < program_.size(); ++stage) {
        build_stage(partition, build, stage);
    }
}

void Pipeline::build_stage(Partition& partition, const Build& build, std::size_t stage) {
    const StageProgram& program = program_[stage];
    const std::string path = std::string(name()) + ".stage" + std::to_string(stage);
    for (const LookupSite& site : program.lookups) {
        const PlacedFunction& placed = build.functions[site.function];
        const TableInfo& table = placed.function->tables()[site.table];
        Element& element = add_element(partition, site.function + std::size_t{1});
        element.lookup = &lookups_.emplace_back(
            path + ".lookup." + placed.name + "." + table.name + std::to_string(site.step),
            partition, block_,
            LookupUnit::Params{site, places_[site.function][site.table],
                               keeps_state(*placed.function),
                               static_cast<std::uint32_t>(build.params.lookups), table.depth,
                               cycles(1, build.clock), name()},
            LookupWiring{*this, element.index, *placed.function, memory_,
                         drop_places_[site.function]});
    }
    std::size_t functions = 0;
    for (const Term& term : program.terms) {
        functions = std::max(functions, term.function + std::size_t{1});
    }
    if (functions == 0) return;  // an empty stage is a wire
    Element& element = add_element(partition, functions);
    element.action = &actions_.emplace_back(
        path, partition, program, static_cast<std::uint32_t>(build.params.engines),
        static_cast<std::uint32_t>(build.cost.dispatch), build.clock, Resource{name(), "engines"});
}

Pipeline::Element& Pipeline::add_element(Partition& partition, std::size_t functions) {
    Element& element = elements_.emplace_back();
    element.pipeline = this;
    element.index = elements_.size() - 1;
    element.functions = functions;
    element.begins = functions > needed_;
    needed_ = std::max(needed_, functions);
    if (!run_ahead_) {
        element.input = std::make_unique<FrameInput>(
            partition.agenda, block_, InputKind::private_fifo,
            [](void* context, Frame& frame, Picoseconds t) {
                auto& self = *static_cast<Element*>(context);
                t = self.pipeline->process(self, frame, frame.note<HeaderVector>(), t);
                if (t != waits) self.pipeline->advance(frame, t, self.index + 1);
            },
            &element);
    }
    return element;
}

void Pipeline::enter_bus(Frame& frame, Picoseconds t) {
    auto& hv = frame.note<HeaderVector>();
    hv.begun = 0;
    std::memcpy(hv.runs.data(), fresh_.data(), fresh_.size() * sizeof(Execution));
    if (has_tables_ && !hv.dropped) prefetch(hv.at(t));
    const std::uint32_t bytes = frame.bytes - fcs_bytes + bus_extra_;
    advance(frame, bus_.pass(frame, t, byte_time_ * bytes, bytes), 0);
}

/// Fetches what the frame's look-ups will touch, which is some way ahead.
void Pipeline::prefetch(const FrameView& view) const {
    for (std::size_t i = 0; i < running_.size(); ++i) {
        if (places_[i].empty()) continue;
        ExpectedLines expected;
        running_[i].function->prefetch(view, expected);
        for (std::uint8_t k = 0; k < expected.count; ++k) {
            memory_.prefetch(places_[i][expected.at[k].table], expected.at[k].line);
        }
    }
}

/// Takes the frame through the elements from `index` on, as far as it can go now.
void Pipeline::advance(Frame& frame, Picoseconds t, std::size_t index) {
    auto& hv = frame.note<HeaderVector>();
    Element* const end = elements_.data() + elements_.size();
    for (Element* element = elements_.data() + index; element != end; ++element) {
        if (unlikely(element->input != nullptr)) {
            element->input->accept(frame, t);
            return;
        }
        t = process(*element, frame, hv, t);
        if (t == waits) return;
    }
    exit(frame, t);
}

inline Picoseconds Pipeline::process(Element& element, Frame& frame, HeaderVector& hv,
                                     Picoseconds t) {
    SNSIM_CHECK(t >= element.last, "frames reached a stage out of time order");
    element.last = t;
    if (element.begins && !hv.dropped) run_functions(frame, t, element.functions);
    return element.action != nullptr ? element.action->pass(frame, hv, t)
                                     : element.lookup->arrive(frame, hv, t);
}

void Pipeline::looked_up(Frame& frame, Picoseconds t, std::size_t element) {
    advance(frame, t, element + 1);
}

void Pipeline::exit(Frame& frame, Picoseconds t) {
    auto& hv = frame.note<HeaderVector>();
    if (!hv.dropped) {
        run_functions(frame, t, running_.size());
        if (!hv.dropped) finish_function(hv, t);
    }
    ++exited_;
    frame.out_port = static_cast<std::uint8_t>(hv.out_port);
    in.return_credit(frame, t + credit_latency_);
    outs_[one_way_out_ ? 0 : frame.out_port]->send(frame, t);
}

/// Ends the functions before the one numbered `count` - 1 and begins those up to it.
void Pipeline::run_functions(Frame& frame, Picoseconds t, std::size_t count) {
    auto& hv = frame.note<HeaderVector>();
    while (hv.begun < count && !hv.dropped) {
        finish_function(hv, t);
        Execution& run = hv.runs[hv.begun];
        running_[hv.begun].function->begin(hv.at(t), run);
        if (run.verdict != Verdict::forward) decide_drop(frame, hv.begun);
        ++hv.begun;
    }
}

/// Ends the function begun last.
inline void Pipeline::finish_function(HeaderVector& hv, Picoseconds t) {
    if (hv.begun == 0) return;
    const Running& last = running_[hv.begun - 1U];
    if (last.rewrites) last.function->rewrite(hv.at(t), hv.runs[hv.begun - 1U]);
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

#include "models/asic/pipeline.h"

#include <algorithm>

#include "models/functions/nic_note.h"

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
        functions_.push_back(placed.function);
        places_.emplace_back();
        for (const TableInfo& table : placed.function->tables()) {
            places_.back().push_back(memory.place(table, placed.memory));
        }
        drop_places_.push_back(partition.add_place(std::string(this->name()) + "." + placed.name));
    }
    std::size_t most = 2 * program_.size() + functions_.size();
    for (const StageProgram& stage : program_) most += 2 * stage.lookups.size();
    steps_.reserve(most);  // their inputs point at them
    for (std::size_t stage = 0; stage < program_.size(); ++stage) {
        build_stage(partition, build, stage);
    }
    begin_functions(functions_.size());
    if (!functions_.empty() && functions_.back()->rewrites()) rewrites_last_ = functions_.back();
}

void Pipeline::build_stage(Partition& partition, const Build& build, std::size_t stage) {
    const StageProgram& program = program_[stage];
    const std::string path = std::string(name()) + ".stage" + std::to_string(stage);
    for (const LookupSite& site : program.lookups) {
        const PlacedFunction& placed = build.functions[site.function];
        const TableInfo& table = placed.function->tables()[site.table];
        begin_functions(site.function + std::size_t{1});
        add_wait(partition);
        Step& step = add_step(Step::Kind::look_up);
        step.lookup = &lookups_.emplace_back(
            path + ".lookup." + placed.name + "." + table.name + std::to_string(site.step),
            partition, block_,
            LookupUnit::Params{site, places_[site.function][site.table],
                               keeps_state(*placed.function),
                               static_cast<std::uint32_t>(build.params.lookups), table.depth,
                               cycles(1, build.clock), name()},
            LookupWiring{*this, step.next, *placed.function, memory_, drop_places_[site.function]});
    }
    std::size_t functions = 0;
    for (const Term& term : program.terms) {
        functions = std::max(functions, term.function + std::size_t{1});
    }
    if (functions == 0) return;  // an empty stage is a wire
    begin_functions(functions);
    // Stages in a row form a chain; without run-ahead each is a step of its own.
    if (!run_ahead_ || steps_.empty() || steps_.back().kind != Step::Kind::act) {
        add_wait(partition);
        Step& step = add_step(Step::Kind::act);
        step.chain = &chains_.emplace_back(
            ActionChain::Params{static_cast<std::uint32_t>(build.params.engines),
                                static_cast<std::uint32_t>(build.cost.dispatch), build.clock,
                                Resource{name(), "engines"}});
    }
    steps_.back().chain->add_stage(path, partition, program);
}

/// Steps for the functions up to the one numbered `count` - 1 that have not begun before.
void Pipeline::begin_functions(std::size_t count) {
    for (; begun_ < count; ++begun_) {
        Step& step = add_step(Step::Kind::begin);
        step.function = static_cast<std::uint8_t>(begun_);
        step.begins = functions_[begun_];
        if (begun_ > 0 && functions_[begun_ - 1]->rewrites()) {
            step.rewrites = functions_[begun_ - 1];
        }
    }
}

Pipeline::Step& Pipeline::add_step(Step::Kind kind) {
    Step& step = steps_.emplace_back();
    step.kind = kind;
    step.pipeline = this;
    step.next = steps_.size();
    return step;
}

void Pipeline::add_wait(Partition& partition) {
    if (run_ahead_) return;
    Step& step = add_step(Step::Kind::wait);
    step.input = std::make_unique<FrameInput>(
        partition.agenda, block_, InputKind::private_fifo,
        [](void* context, Frame& frame, Picoseconds t) {
            const auto& self = *static_cast<const Step*>(context);
            self.pipeline->go_on(frame, t, self.next);
        },
        &step);
}

void Pipeline::enter_bus(Frame& frame, Picoseconds t) {
    const std::uint32_t bytes = frame.bytes - fcs_bytes + bus_extra_;
    go_on(frame, bus_.pass(frame, t, byte_time_ * bytes, bytes), 0);
}

/// Takes the frame through the steps from this one on, as far as it can go now.
void Pipeline::go_on(Frame& frame, Picoseconds t, std::size_t step) {
    auto& hv = frame.note<HeaderVector>();
    const Step* const end = steps_.data() + steps_.size();
    for (const Step* at = steps_.data() + step; at != end; ++at) {
        switch (at->kind) {
            case Step::Kind::begin:
                if (!hv.dropped) begin(*at, frame, hv, t);
                break;
            case Step::Kind::act: t = at->chain->pass(frame, hv, t); break;
            case Step::Kind::look_up:
                t = at->lookup->arrive(frame, hv, t);
                if (t == waits) return;
                break;
            case Step::Kind::wait: at->input->accept(frame, t); return;
        }
    }
    exit(frame, t);
}

/// The NIC behind this pipeline does not parse: it gets what it needs of the parser's findings.
void Pipeline::tell_nic(Frame& frame, const HeaderVector& hv) {
    NicNote note;
    note.key = hv.view.key_reversed ? reverse(hv.key) : hv.key;
    note.l3 = hv.parsed.l3;
    note.l4 = hv.parsed.has_l4 ? hv.parsed.l4 : std::uint16_t{0};
    note.vlan = hv.parsed.outer_vlan;
    frame.note<NicNote>() = note;
}

void Pipeline::exit(Frame& frame, Picoseconds t) {
    auto& hv = frame.note<HeaderVector>();
    if (rewrites_last_ != nullptr && !hv.dropped) {
        rewrites_last_->rewrite(hv.at(t), hv.runs[functions_.size() - 1]);
    }
    ++exited_;
    if (one_way_out_) {
        frame.out_port = static_cast<std::uint8_t>(std::min<unsigned>(hv.out_port, host_port));
        frame.function = static_cast<std::uint16_t>(hv.out_port - frame.out_port);
    }
    if (!one_way_out_ && frame.out_port == host_port) tell_nic(frame, hv);
    outs_[one_way_out_ ? 0 : frame.out_port]->send(frame, t);
    // Only now: a frame that waits for the context may pass as far as this one within the call. The
    // frame itself may be gone; the credit is for any.
    in.return_credit(frame, t + credit_latency_);
}

/// The function before it ends, and this one begins.
inline void Pipeline::begin(const Step& step, Frame& frame, HeaderVector& hv, Picoseconds t) const {
    Execution& run = hv.runs[step.function];
    if (step.rewrites != nullptr) step.rewrites->rewrite(hv.at(t), hv.runs[step.function - 1U]);
    run = {};
    step.begins->begin(hv.at(t), run);
    if (run.verdict != Verdict::forward) hv.condemn(frame, run, drop_places_[step.function]);
}

}  // namespace snsim

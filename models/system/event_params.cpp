#include "models/system/event_params.h"

namespace snsim {

namespace {
constexpr const char* comings = "interface-events";
constexpr const char* hostile = "hostile-guest";
}  // namespace

const std::vector<std::pair<std::string, Attempt>>& attempt_words() {
    static const std::vector<std::pair<std::string, Attempt>> words{
        {"write_rings", Attempt::write_rings},
        {"read_rings", Attempt::read_rings},
        {"write_buffers", Attempt::write_buffers},
        {"read_buffers", Attempt::read_buffers},
        {"write_memory", Attempt::write_memory},
        {"read_memory", Attempt::read_memory},
        {"write_registers", Attempt::write_registers},
        {"read_registers", Attempt::read_registers},
        {"write_interrupt", Attempt::write_interrupt},
        {"doorbell_other", Attempt::doorbell_other},
        {"doorbell_absent", Attempt::doorbell_absent},
        {"doorbell_beyond", Attempt::doorbell_beyond},
        {"completion_future", Attempt::completion_future},
        {"register_policy", Attempt::register_policy},
        {"register_other", Attempt::register_other},
        {"register_read", Attempt::register_read},
        {"vector_memory", Attempt::vector_memory},
        {"vector_other", Attempt::vector_other},
        {"ring_other", Attempt::ring_other},
        {"ring_size", Attempt::ring_size},
        {"receive_other", Attempt::receive_other},
        {"transmit_other", Attempt::transmit_other},
        {"transmit_oversized", Attempt::transmit_oversized},
        {"transmit_endless", Attempt::transmit_endless},
        {"transmit_segment", Attempt::transmit_segment},
        {"transmit_spoofed", Attempt::transmit_spoofed},
        {"transmit_vlan", Attempt::transmit_vlan},
    };
    return words;
}

const ParamTable& SetEventParams::params() {
    using P = SetEventParams;
    static const ParamTable table =
        make_table<P>("changes a value of an interface",
                      {required(text("to", &P::to, "", "the value from then on",
                                     {comings, "2 Gb/s", "up.rate.delivered", "events.2.to"}))});
    return table;
}

const ParamTable& AttemptEventParams::params() {
    using P = AttemptEventParams;
    static const ParamTable table = make_table<P>(
        "a guest tries what it must not",
        {
            required(choice("attempt", &P::attempt, Attempt::write_rings, attempt_words(),
                            "what it tries", "choice",
                            {hostile, "read_rings", "/faults", "events.0.attempt"})),
            text("against", &P::against, "",
                 "the interface that is meant; the first other one of the host if absent",
                 no_witness("whoever is meant, nothing happens to them")),
            param("count", &P::count, 1, 1, 1'000'000, "how often it does so", "choice",
                  {hostile, "7", "/faults", "events.0.count"}),
            param("every", &P::every, 1_us, 1_ns, 1000_s, "time from one to the next", "choice",
                  {hostile, "900 us", "/faults", "events.0.every", {"events.0.count=3"}}),
        });
    return table;
}

const ParamTable& EventParams::params() {
    using P = EventParams;
    static const ParamTable table = make_table<P>(
        "something that happens while the scenario runs",
        {
            required(param("at", &P::at, 0_ps, 0_ps, 1000_s, "when", "choice",
                           {comings, "200 us", "down.frames.dropped", "events.0.at"})),
            required(planned({"fail", "restore"},
                             choice("action", &P::action, EventAction::attach,
                                    {{"attach", EventAction::attach},
                                     {"detach", EventAction::detach},
                                     {"set", EventAction::set},
                                     {"attempt", EventAction::attempt}},
                                    "what", "choice", no_witness("each has keys of its own")))),
            required(text("target", &P::target, "",
                          "the interface, or, with `set`, its value: host0.vnic0.weight",
                          {comings,
                           "host0.up.queues",
                           "up.frames.dropped",
                           "events.2.target",
                           {"events.2.target=host0.up.weight", "events.2.to=8"}})),
            alternative<SetEventParams>("action", "set", &P::body),
            alternative<AttemptEventParams>("action", "attempt", &P::body),
        });
    return table;
}

}  // namespace snsim

#include "models/system/scenario.h"

namespace snsim {

bool ValueText<FrameSampling>::parse(const Node& node, FrameSampling& value, ValueErrors& errors) {
    std::string text;
    if (!scalar_of(node, "none or a share such as '1/1000'", text, errors)) return false;
    if (text == "none") {
        value = {};
        return true;
    }
    const auto count = text.compare(0, 2, "1/") == 0 ? parse_count(std::string_view(text).substr(2))
                                                     : Parsed<std::int64_t>{0, "no share"};
    if (!count || count.value < 1) {
        return errors.error(node, "'" + text +
                                      "' is neither none nor one frame in so many, as in "
                                      "'1/1000'");
    }
    value.one_in = count.value;
    return true;
}

std::string ValueText<FrameSampling>::print(FrameSampling value) {
    return value.one_in == 0 ? "none" : "1/" + std::to_string(value.one_in);
}

const ParamTable& WindowsParams::params() {
    using P = WindowsParams;
    static const ParamTable table = make_table<P>(
        "when is measured",
        {
            absent_as("auto", param("warmup", &P::warmup, std::nullopt, 0_ps, 1000_s,
                                    "time before measuring; auto ends when queues are steady",
                                    "choice", {"quickstart", "1 ms", "sim.events"})),
            param("warmup_max", &P::warmup_max, 2_ms, 0_ps, 1000_s, "longest automatic warm-up",
                  "choice",
                  {"quickstart",
                   "10 us",
                   "sim.events",
                   "windows.warmup_max",
                   {"windows.warmup=auto"}}),
            param("measure", &P::measure, 1_ms, 1_us, 1000_s, "time rates and power are taken over",
                  "choice", {"quickstart", "2 ms", "frames.delivered"}),
            param("drain", &P::drain, 200_us, 0_ps, 1000_s,
                  "time after it in which measured frames are followed to their end", "choice",
                  {"quickstart", "400 us", "sim.events"}),
        });
    return table;
}

const ParamTable& SimParams::params() {
    using P = SimParams;
    static const ParamTable table = make_table<P>(
        "how the simulator works; results do not depend on it",
        {
            param("batch", &P::batch, 32, 1, 1024, "frames a source creates ahead",
                  "measured: fastest", no_witness("results must not depend on it")),
            flag("run_ahead", &P::run_ahead, true,
                 "frames pass stations without an event where nothing can overtake them",
                 "measured: fastest", no_witness("results must not depend on it")),
        });
    return table;
}

const ParamTable& RecordParams::params() {
    using P = RecordParams;
    static const ParamTable table = make_table<P>(
        "what is written besides the summary",
        {
            param("interval", &P::interval, 10_us, 100_ns, 100_ms, "step of time series", "choice",
                  {"quickstart", "50 us", "power.card.peak"}),
            value("frames", &P::frames, {1000}, "frames traced through every station", "choice",
                  {"quickstart", "1/10", "/frames"}),
            param("frames_max", &P::frames_max, 10'000, 1, 100'000'000,
                  "rows of the frame trace kept", "choice", {"quickstart", "2", "/frames"}),
            text("pcap", &P::pcap, {}, "where frames are captured: [host0.card.asic.port0]",
                 no_witness("writes captures, not metrics")),
            reserved("flows", "flow records"),
            reserved("io", "the trace of sampled I/Os"),
        });
    return table;
}

const ParamTable& HostParams::params() {
    using P = HostParams;
    static const ParamTable table =
        make_table<P>(
            "a host with its card",
            {
                required(text("name", &P::name, "", "what paths and metrics call the host",
                              no_witness("a label"))),
                text("profile", &P::profile, "",
                     "file in scenarios/profiles/hosts that gives the values not written in place; "
                     "without one only the card is modelled",
                     {"pcie-bench",
                      "snb-e5-2630",
                      "latency.p50",
                      "",
                      {"bench.access.outstanding=1"}}),
                section("root", &P::root, "the root complex"),
                section("iommu", &P::iommu, "translation of what devices ask for"),
                section("memory", &P::memory, "memory and last-level cache"),
                section("cpu", &P::cpu, "its processor and what software costs there"),
                section("card", &P::card, "the SmartNIC"),
                list("switches", &P::switches, "PCI Express switches below the root complex"),
                list("devices", &P::devices, "other devices at its bus"),
                section("wire0", &P::wire0, "cable in port 0 of the card"),
                section("wire1", &P::wire1, "cable in port 1 of the card"),
                list("interfaces", &P::interfaces, "what its operating system has on the card"),
                reserved("drives", "NVMe drives"),
            })
            .check([](const P& p, CheckReport& r) {
                if (p.is_modelled()) return;
                for (const char* key :
                     {"root", "iommu", "memory", "cpu", "switches", "devices", "interfaces"}) {
                    if (r.given(key)) {
                        r.error(key, "has no effect without a 'profile' of the host");
                    }
                }
            });
    return table;
}

const ParamTable& Scenario::params() {
    using P = Scenario;
    static const ParamTable table = make_table<P>(
        "a scenario",
        {
            text("name", &P::name, "",
                 "of the scenario and its results file; the file's name if absent",
                 no_witness("a label")),
            param("seed", &P::seed, 1, 0, std::numeric_limits<std::int64_t>::max(),
                  "of every random stream", "choice", {"quickstart", "2", "latency.mean"}),
            section("windows", &P::windows, "warm-up, measuring and drain"),
            required(list("hosts", &P::hosts, "hosts with their cards")),
            list("functions", &P::functions, "network functions in processing order"),
            list("routes", &P::routes, "static routes"),
            list("traffic", &P::traffic, "traffic classes"),
            list("events", &P::events, "what happens while it runs"),
            section("record", &P::record, "what is written"),
            list("find", &P::find, "searches for a limit, run by name"),
            section("sim", &P::sim, "how the simulator works"),
            reserved("network", "a rack's switch and its links"),
            reserved("links", "cables to a switch or another card"),
            reserved("guests", "virtual machines"),
            reserved("tenants", "owners of guests and policies"),
            reserved("storage", "block I/O workloads"),
            reserved("stores", "replicated and remote stores"),
        });
    return table;
}

}  // namespace snsim

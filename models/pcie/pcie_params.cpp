#include "models/pcie/pcie_params.h"

#include <algorithm>
#include <array>

namespace snsim {

namespace {

constexpr const char* scenario = "pcie-bench";
constexpr const char* with_switch = "pcie-switch";
constexpr const char* by_estimate = "estimate";
const std::vector<std::string> one{"bench.access.outstanding=1"};
const std::vector<std::string> long_writes{"bench.access.operation=write",
                                           "bench.access.size=2048 B"};

bool power_of_two(Bytes size) { return (size.value & (size.value - 1)) == 0; }

/// Sizes of a receiver's buffers, and where a witness finds them.
struct CreditDefaults {
    std::int64_t posted_headers;
    std::int64_t posted_data;
    std::int64_t nonposted_headers;
    std::int64_t completion_headers;
    std::int64_t completion_data;
    std::string completions;  ///< source
    std::string scenario;
    std::string traffic;
    std::string requests;  ///< path of credits for requests
    std::string answers;   ///< and for their answers
};

template <class P>
ParamTable credit_table(const std::string& about, const CreditDefaults& d) {
    const auto set = [&](const char* change) { return d.traffic + ".access." + change; };
    const std::string estimate = by_estimate;
    return make_table<P>(
        about, {
                   param("posted_headers", &P::posted_headers, d.posted_headers, 0, 2047, "writes",
                         estimate,
                         {d.scenario,
                          "1",
                          "goodput",
                          d.requests + ".posted_headers",
                          {set("operation=write")}}),
                   param("posted_data", &P::posted_data, d.posted_data, 0, 32767,
                         "their data, in units of 16 B", estimate,
                         {d.scenario,
                          "16",
                          "goodput",
                          d.requests + ".posted_data",
                          {set("operation=write"), set("size=2048 B")}}),
                   param("nonposted_headers", &P::nonposted_headers, d.nonposted_headers, 0, 2047,
                         "read requests", estimate,
                         {d.scenario,
                          "1",
                          "goodput",
                          d.requests + ".nonposted_headers",
                          {set("operation=read")}}),
                   param("completion_headers", &P::completion_headers, d.completion_headers, 0,
                         2047, "completions", d.completions,
                         {d.scenario,
                          "1",
                          "goodput",
                          d.answers + ".completion_headers",
                          {set("operation=read")}}),
                   param("completion_data", &P::completion_data, d.completion_data, 0, 32767,
                         "their data, in units of 16 B", d.completions,
                         {d.scenario,
                          "16",
                          "goodput",
                          d.answers + ".completion_data",
                          {set("operation=read")}}),
               });
}

}  // namespace

const ParamTable& FlowCreditParams::params() {
    static const ParamTable table = credit_table<FlowCreditParams>(
        "buffer space a receiver advertises when the link comes up; 0 is infinite",
        {64, 1024, 64, 0, 0, "PCIe Base 5.0, 2.6.1: endpoints and root ports advertise infinite",
         scenario, "bench", "host0.root.credits", "host0.card.pcie.credits"});
    return table;
}

const ParamTable& SwitchCreditParams::params() {
    static const ParamTable table = credit_table<SwitchCreditParams>(
        "buffer space that each port of the switch advertises; 0 is infinite",
        {64, 1024, 64, 64, 1024, by_estimate, with_switch, "peer", "host0.sw0.credits",
         "host0.sw0.credits"});
    return table;
}

const ParamTable& LinkPowerParams::params() {
    using P = LinkPowerParams;
    static const ParamTable table = make_table<P>(
        "sleep states of an idle link",
        {
            param("l0s_after", &P::l0s_after, std::nullopt, 0_ps, 1_s,
                  "idle time after which a direction enters L0s",
                  "choice: active state power "
                  "management is switched off where latency matters",
                  {scenario, "100 ns", "latency.p50", "", one}),
            param(
                "l0s_exit", &P::l0s_exit, 1_us, 0_ps, 100_us, "time to leave it", by_estimate,
                {scenario,
                 "3 us",
                 "latency.p50",
                 "",
                 {"bench.access.outstanding=1", "host0.card.pcie.power_states.l0s_after=100 ns"}}),
            param("l1_after", &P::l1_after, std::nullopt, 0_ps, 1_s,
                  "idle time after which a direction enters L1", "choice, as for l0s_after",
                  {scenario, "200 ns", "latency.p50", "", one}),
            param("l1_exit", &P::l1_exit, 8_us, 0_ps, 1_ms, "time to leave it", by_estimate,
                  {scenario,
                   "20 us",
                   "latency.p50",
                   "",
                   {"bench.access.outstanding=1", "host0.card.pcie.power_states.l1_after=200 ns"}}),
        });
    return table;
}

const ParamTable& LinkParams::params() {
    using P = LinkParams;
    static const ParamTable table =
        make_table<P>(
            "the PCI Express link to the host",
            {
                param("generation", &P::generation, 3, 1, 5,
                      "2.5, 5, 8, 16 or 32 GT/s per lane, 8b/10b up to 2, then 128b/130b", "choice",
                      {scenario, "1", "goodput", "", {"bench.access.size=512 B"}}),
                param("lanes", &P::lanes, 16, 1, 32, "1, 2, 4, 8, 16 or 32", "choice",
                      {scenario, "1", "goodput"}),
                param("mrrs", &P::mrrs, 512_b, 128_b, 4096_b, "maximum read request size",
                      "default of PCIe Base 5.0, 7.5.3.4",
                      {scenario,
                       "128 B",
                       "pcie.up.throughput",
                       "",
                       {"bench.access.size=1024 B", "bench.access.spacing=1024 B"}}),
                param("mps", &P::mps, 256_b, 128_b, 4096_b, "maximum payload size of a TLP",
                      "usual setting of servers",
                      {scenario, "128 B", "pcie.up.throughput", "", long_writes}),
                choice("address", &P::address, AddressWidth::bits64,
                       {{"32-bit", AddressWidth::bits32}, {"64-bit", AddressWidth::bits64}},
                       "width of addresses in requests", "choice",
                       {scenario, "32-bit", "pcie.up.throughput", "", long_writes}),
                flag("ecrc", &P::ecrc, false, "an end-to-end CRC of 4 B with each TLP", "choice",
                     {scenario, "true", "pcie.up.utilisation"}),
                choice("dll", &P::dll, DllMode::events,
                       {{"guideline", DllMode::guideline}, {"events", DllMode::events}},
                       "acknowledgements and credit updates where and when they travel, or as the "
                       "share of both directions that the published model takes",
                       "choice", {scenario, "guideline", "pcie.up.utilisation"}),
                param("latency", &P::latency, 60_ns, 1_ns, 10_us,
                      "from a TLP's last bit leaving one end's link layer to the other end's "
                      "buffer: serialisers, board, receiver",
                      by_estimate, {scenario, "200 ns", "latency.p50", "", one}),
                section("credits", &P::credits, "the card's, for what the host sends"),
                param("error_rate", &P::error_rate, 0_percent, 0_percent, 50_percent,
                      "share of TLPs that arrive corrupted and are sent again", "choice",
                      {scenario, "10 %", "latency.p99"}),
                param("replay_buffer", &P::replay_buffer, std::nullopt, 512_b, 1024_kib,
                      "copies of TLPs that wait for their acknowledgement; none has no limit",
                      "PCIe Base 5.0, 3.6.2.1: large enough not to slow the link in the usual case",
                      {scenario, "512 B", "goodput", "", {"bench.access.operation=write"}}),
                param("ack_loss", &P::ack_loss, 0_percent, 0_percent, 50_percent,
                      "share of acknowledgements that arrive corrupted and are thrown away",
                      "choice",
                      {scenario, "20 %", "pcie.up.throughput", "", {"bench.access.outstanding=1"}}),
                section("power_states", &P::power_states, "L0s and L1"),
            })
            .check([](const P& p, CheckReport& r) {
                constexpr std::array<std::int64_t, 6> widths = {1, 2, 4, 8, 16, 32};
                if (std::find(widths.begin(), widths.end(), p.lanes) == widths.end()) {
                    r.error("lanes",
                            "a link has 1, 2, 4, 8, 16 or 32 lanes, not " + to_text(p.lanes));
                }
                constexpr std::int64_t most_header = 28;
                if (p.replay_buffer && p.replay_buffer->value < p.mps.value + most_header) {
                    r.error("replay_buffer", "'" + to_text(*p.replay_buffer) +
                                                 "' has no room for a TLP of " + to_text(p.mps));
                }
                for (const char* const key : {"replay_buffer", "ack_loss"}) {
                    if (p.dll == DllMode::guideline && r.given(key)) {
                        r.error(key,
                                "has no effect with 'dll: guideline', which sends no "
                                "acknowledgements");
                    }
                }
                if (!power_of_two(p.mps)) {
                    r.error("mps", "'" + to_text(p.mps) + "' is no power of two");
                }
                if (!power_of_two(p.mrrs)) {
                    r.error("mrrs", "'" + to_text(p.mrrs) + "' is no power of two");
                }
            });
    return table;
}

const ParamTable& DmaParams::params() {
    using P = DmaParams;
    static const ParamTable table =
        make_table<P>(
            "the DMA engine",
            {
                param("clock", &P::clock, 1_ghz, 10_mhz, 10_ghz, "of the engine", by_estimate,
                      {scenario, "100 MHz", "goodput"}),
                param("outstanding", &P::outstanding, 256, 1, 65'536,
                      "operations between their start and their end", by_estimate,
                      {scenario, "4", "goodput"}),
                param("tags", &P::tags, 256, 1, 1024, "read requests without an answer",
                      "PCIe Base 5.0, 2.2.6.2: 32, 256 or 1024", {scenario, "4", "goodput"}),
                param("issue_cycles", &P::issue_cycles, 4, 0, 10'000,
                      "of the stage that all operations share, for each", by_estimate,
                      {scenario, "1000", "goodput"}),
                param("issue_line_cycles", &P::issue_line_cycles, 0, 0, 10'000,
                      "and for each 64 B of it", by_estimate, {scenario, "1000", "goodput"}),
                param("move_cycles", &P::move_cycles, 2, 0, 10'000,
                      "to move data from or to the card's memory, for each chunk", by_estimate,
                      {scenario, "1000", "goodput"}),
                param("move_line_cycles", &P::move_line_cycles, 1, 0, 10'000,
                      "and for each 64 B of it", by_estimate, {scenario, "1000", "goodput"}),
                param("chunk", &P::chunk, 512_b, 64_b, 64_kib, "moved at once", by_estimate,
                      {scenario,
                       "64 B",
                       "goodput",
                       "",
                       {"bench.access.size=1024 B", "host0.card.dma.move_cycles=100"}}),
                param("write_interval", &P::write_interval, 0_ps, 0_ps, 1_ms,
                      "least time between writes", by_estimate,
                      {scenario, "1 us", "goodput", "", {"bench.access.operation=write"}}),
                param("read_latency", &P::read_latency, 50_ns, 0_ps, 1_ms,
                      "what the engine adds to a read besides", by_estimate,
                      {scenario, "200 ns", "latency.p50", "", one}),
                param("write_latency", &P::write_latency, 50_ns, 0_ps, 1_ms,
                      "what the engine adds to a write besides", by_estimate,
                      {scenario,
                       "200 ns",
                       "latency.p50",
                       "",
                       {"bench.access.operation=write", "bench.access.outstanding=1"}}),
                param("direct_latency", &P::direct_latency, 50_ns, 0_ps, 1_ms,
                      "of an access that goes beside the engine, within the card", by_estimate,
                      {scenario,
                       "200 ns",
                       "latency.p50",
                       "",
                       {"bench.access.outstanding=1", "bench.access.direct=true"}}),
            })
            .check([](const P& p, CheckReport& r) {
                if (p.issue_cycles + p.issue_line_cycles + p.move_cycles + p.move_line_cycles ==
                    0) {
                    r.error("issue_cycles", "an engine that takes no time does everything at once");
                }
            });
    return table;
}

const ParamTable& RootParams::params() {
    using P = RootParams;
    static const ParamTable table =
        make_table<P>(
            "the root complex",
            {
                param("latency", &P::latency, 90_ns, 1_ns, 10_us,
                      "through it, each way: link to memory, memory to link", by_estimate,
                      {scenario, "300 ns", "latency.p50", "", one}),
                choice("completions", &P::completions, CompletionSplit::mps,
                       {{"rcb", CompletionSplit::rcb}, {"mps", CompletionSplit::mps}},
                       "how the data of a read are cut: at each read completion boundary, or up to "
                       "MPS",
                       "PCIe Base 5.0, 2.3.1.1 allows both",
                       {scenario, "rcb", "goodput", "", {"bench.access.size=512 B"}}),
                param("rcb", &P::rcb, 64_b, 64_b, 128_b, "read completion boundary",
                      "PCIe Base 5.0, 2.3.1.1: 64 B for root complexes, or 128 B",
                      {scenario,
                       "128 B",
                       "goodput",
                       "",
                       {"bench.access.size=512 B", "host0.root.completions=rcb"}}),
                section("credits", &P::credits, "the host's, for what the card sends"),
                flag("peer_to_peer", &P::peer_to_peer, true,
                     "requests of one device for another's memory are passed on", "choice",
                     {with_switch,
                      "false",
                      "goodput",
                      "",
                      {"host0.sw0.acs=true", "peer.access.operation=read"}}),
            })
            .check([](const P& p, CheckReport& r) {
                if (!power_of_two(p.rcb)) {
                    r.error("rcb", "'" + to_text(p.rcb) + "' is neither 64 B nor 128 B");
                }
            });
    return table;
}

const ParamTable& BarParams::params() {
    using P = BarParams;
    static const ParamTable table = make_table<P>(
        "memory of a device that others reach by its base address register",
        {
            param("size", &P::size, 16_mib, 64_kib, 65'536_mib, "of the window", "choice",
                  refused(with_switch, "64 KiB", "host0.card.bar.size",
                          {"peer.access.window=1 MiB"})),
            param("rate", &P::rate, 200_gbps, 1_gbps, 10'000_gbps,
                  "of the memory behind it, for reads and writes together", by_estimate,
                  {with_switch, "8 Gb/s", "goodput", "host0.card.bar.rate"}),
            param("read_latency", &P::read_latency, 200_ns, 0_ps, 100_us,
                  "from a request to its data", by_estimate,
                  {with_switch,
                   "400 ns",
                   "peer.latency.p50",
                   "host0.card.bar.read_latency",
                   {"peer.access.operation=read", "peer.access.outstanding=1"}}),
        });
    return table;
}

const ParamTable& SlotParams::params() {
    using P = SlotParams;
    static const ParamTable table =
        make_table<P>("where a device is plugged in",
                      {
                          text("behind", &P::behind, "",
                               "name of a switch of the host; none: a port of the root complex",
                               {with_switch,
                                "''",
                                "peer.latency.p50",
                                "host0.card.slot.behind",
                                {"peer.access.operation=read", "peer.access.outstanding=1"}}),
                          param("weight", &P::weight, 1, 1, 64,
                                "TLPs that it may send by each output of the switch before others "
                                "have their turn",
                                "choice",
                                {with_switch,
                                 "4",
                                 "own.goodput",
                                 "host0.card.slot.weight",
                                 {"host0.sw0.acs=true", "host0.sw0.pcie.lanes=2"}}),
                      })
            .check([](const P& p, CheckReport& r) {
                if (p.behind.empty() && r.given("weight")) {
                    r.error("weight", "has no effect without a switch to be 'behind'");
                }
            });
    return table;
}

const ParamTable& SwitchParams::params() {
    using P = SwitchParams;
    static const ParamTable table =
        make_table<P>(
            "a PCI Express switch below the root complex",
            {
                required(text("name", &P::name, "", "what paths call the switch",
                              no_witness("a label"))),
                section("pcie", &P::pcie, "the link to the root complex"),
                param("latency", &P::latency, 100_ns, 1_ns, 10_us,
                      "from a TLP's first bit in to its first bit out where nothing is in the way "
                      "(stored and forwarded: from its last bit in)",
                      "PLX PEX 8747 product brief, 2010: at most 100 ns, x16 to x16, cut-through",
                      {with_switch,
                       "300 ns",
                       "peer.latency.p50",
                       "host0.sw0.latency",
                       {"peer.access.operation=read", "peer.access.outstanding=1"}}),
                choice("forwarding", &P::forwarding, SwitchForwarding::cut_through,
                       {{"cut-through", SwitchForwarding::cut_through},
                        {"store-and-forward", SwitchForwarding::store_and_forward}},
                       "when it begins to pass a TLP on",
                       "PLX PEX 8747 product brief, 2010: cut-through",
                       {with_switch,
                        "store-and-forward",
                        "peer.latency.p50",
                        "host0.sw0.forwarding",
                        {"peer.access.operation=read", "peer.access.outstanding=1"}}),
                flag("acs", &P::acs, false,
                     "access control services: requests from device to device go up to the root "
                     "complex",
                     "choice",
                     {with_switch,
                      "true",
                      "peer.latency.p50",
                      "host0.sw0.acs",
                      {"peer.access.operation=read", "peer.access.outstanding=1"}}),
                section("credits", &P::credits, "what each of its ports advertises"),
            })
            .check([](const P&, CheckReport& r) {
                if (r.given("pcie.credits")) {
                    r.error("pcie.credits",
                            "all ports of a switch advertise its 'credits'; write them there");
                }
            });
    return table;
}

const ParamTable& IommuParams::params() {
    using P = IommuParams;
    const std::vector<std::string> thrashed{"host0.iommu.enabled=true",
                                            "bench.access.window=64 MiB"};
    static const ParamTable table =
        make_table<P>(
            "the IOMMU: its cache of translations and its page walkers",
            {
                flag("enabled", &P::enabled, false, "translate what devices ask for", "choice",
                     {scenario, "true", "goodput", "", {"bench.access.window=64 MiB"}}),
                param("entries", &P::entries, 64, 1, 65'536, "translations in the IOTLB",
                      by_estimate, {scenario, "16384", "goodput", "", thrashed}),
                param("page", &P::page, 4_kib, 4_kib, 1024_mib, "4 KiB, 2 MiB or 1 GiB",
                      "Intel VT-d specification, 3.6",
                      {scenario, "2 MiB", "goodput", "", thrashed}),
                param("walkers", &P::walkers, 6, 1, 1024, "page walks at once", by_estimate,
                      {scenario, "1", "goodput", "", thrashed}),
                param("walk", &P::walk, 280_ns, 0_ps, 100_us, "time of a walk", by_estimate,
                      {scenario, "1 us", "goodput", "", thrashed}),
            })
            .check([](const P& p, CheckReport& r) {
                if (p.page != 4_kib && p.page != 2_mib && p.page != 1024_mib) {
                    r.error("page", "'" + to_text(p.page) + "' is none of 4 KiB, 2 MiB and 1 GiB");
                }
            });
    return table;
}

}  // namespace snsim

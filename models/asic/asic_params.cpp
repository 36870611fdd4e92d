#include "models/asic/asic_params.h"

namespace snsim {

namespace {
constexpr const char* scenario = "dsc100-line-rate";
constexpr const char* by_estimate = "estimate";
constexpr const char* by_fit = "fit: documented packet rate";
const std::vector<std::string> unhurried{"east.rate=20 %"};  // no queue hides small times
}  // namespace

const ParamTable& PortParams::params() {
    using P = PortParams;
    const std::vector<std::string> both_ways{"east.rate=20 %", "west.rate=10 %"};
    // First port 1, then port 0 has to send what comes in by both.
    const std::vector<std::string> overload_of_both{
        "windows.warmup=60 us",
        "windows.measure=100 us",
        "host0.card.asic.port0.rate=50 Gb/s",
        "host0.card.asic.port1.rate=50 Gb/s",
        "host0.card.asic.tm.queue_limit=64 KiB",
        "east.frame_size=1518 B",
        "east.stop=110 us",
        ("traffic.2={name: turn, from: host0.wire1, to: host0.wire1, frame_size: 1518 B, "
         "rate: 100 %, stop: 110 us}"),
        "west.frame_size=1518 B",
        "west.rate=100 %",
        "west.start=110 us",
        ("traffic.3={name: back, from: host0.wire0, to: host0.wire0, frame_size: 1518 B, "
         "rate: 100 %, start: 110 us}")};
    static const ParamTable table = make_table<P>(
        "an Ethernet port: MAC, PCS, FEC and line",
        {
            param("rate", &P::rate, 100_gbps, 10_mbps, 800_gbps, "line rate", "data sheet",
                  {scenario, "50 Gb/s", "rate.offered", "", both_ways}),
            param("fec_latency", &P::fec_latency, 102'400_ps, 0_ps, 10_us,
                  "time a received frame spends in forward error correction",
                  "IEEE 802.3 clause 91: an RS(528,514) code word of 5280 bits at 103.125 Gb/s "
                  "received, and as long to decode it",
                  {scenario, "300 ns", "latency.mean", "", both_ways}),
            param("mac_latency", &P::mac_latency, 50_ns, 0_ps, 10_us,
                  "time in MAC and PCS, each direction", by_estimate,
                  {scenario, "300 ns", "latency.mean", "", both_ways}),
            param("tx_fifo", &P::tx_fifo, 32_kib, 10_kib, 16_mib, "transmit FIFO", by_estimate,
                  {scenario, "64 KiB", "latency.mean", "", overload_of_both}),
        });
    return table;
}

const ParamTable& PacketBufferParams::params() {
    using P = PacketBufferParams;
    static const ParamTable table =
        make_table<P>(
            "the packet buffer and the queue in front of the parser",
            {
                param("size", &P::size, 4_mib, 64_kib, 1024_mib, "bytes of the shared buffer",
                      by_estimate,
                      {scenario,
                       "64 KiB",
                       "latency.max",
                       "",
                       {"west.rate=100 %", "host0.card.asic.buffer.port_limit=64 KiB"}}),
                param("cell", &P::cell, 64_b, 32_b, 4096_b, "unit of allocation", by_estimate,
                      {scenario, "128 B", "latency.max"}),
                param("port_limit", &P::port_limit, 256_kib, 16_kib, 1024_mib,
                      "most that frames of one port may take while waiting for the parser",
                      by_estimate, {scenario, "128 KiB", "latency.max"}),
            })
            .check([](const P& p, CheckReport& r) {
                if (p.port_limit > p.size) r.error("port_limit", "is more than the buffer's size");
            });
    return table;
}

const ParamTable& ParserParams::params() {
    using P = ParserParams;
    static const ParamTable table = make_table<P>(
        "splits headers into fields",
        {
            param(
                "engines", &P::engines, 2, 1, 64, "parsers side by side", by_estimate,
                {scenario, "1", "rate.delivered", "", {"host0.card.asic.parser.state_cycles=20"}}),
            param("width", &P::width, 16_b, 1_b, 256_b, "header bytes taken per clock", by_estimate,
                  {scenario, "4 B", "latency.mean", "", unhurried}),
            param("state_cycles", &P::state_cycles, 2, 1, 64, "clocks per header", by_estimate,
                  {scenario, "4", "latency.mean", "", unhurried}),
        });
    return table;
}

const ParamTable& CostParams::params() {
    using P = CostParams;
    static const ParamTable table = make_table<P>(
        "engine cycles per counted primitive, once for the whole card",
        {
            param("dispatch", &P::dispatch, 26, 0, 1000,
                  "taking a header vector in and handing it on, per stage", by_fit,
                  {scenario, "40", "rate.delivered"}),
            param("extract", &P::extract, 8, 0, 1000, "a word taken out of a header", by_fit,
                  {scenario, "12", "rate.delivered"}),
            param("lookup", &P::lookup, 14, 0, 1000, "issuing a look-up and taking its result",
                  by_fit, {scenario, "90", "rate.delivered"}),
            param("compare", &P::compare, 8, 0, 1000, "a comparison and its branch", by_fit,
                  {scenario, "12", "rate.delivered"}),
            param("rewrite", &P::rewrite, 12, 0, 1000, "a word written to a header or table entry",
                  by_fit, {scenario, "18", "rate.delivered"}),
        });
    return table;
}

namespace {

/// What both pipelines have; each has witnesses of its own.
struct PipelineWitnesses {
    Witness stages;
    Witness engines;
    Witness width;
    Witness internal_header;
    Witness contexts;
};

std::vector<RowPtr> pipeline_rows(const PipelineWitnesses& witness) {
    using P = PipelineParams;
    return {
        param("stages", &P::stages, 8, 1, 16, "stages of match and action",
              "estimate: as in published P4 pipelines of the class", witness.stages),
        param("engines", &P::engines, 4, 1, 64, "engines per stage",
              "estimate: as in published P4 pipelines of the class", witness.engines),
        param("width", &P::width, 16_b, 1_b, 512_b, "frame bytes moved per clock",
              "fit: documented throughput", witness.width),
        param("internal_header", &P::internal_header, 16_b, 0_b, 512_b,
              "bytes that travel with a frame inside the card", by_estimate,
              witness.internal_header),
        param("contexts", &P::contexts, 256, 1, 65536,
              "header vectors, so frames in the pipeline at once", by_estimate, witness.contexts),
    };
}

}  // namespace

const ParamTable& PipelineParams::params() {
    using P = PipelineParams;
    static const ParamTable table = [] {
        auto rows = pipeline_rows({{scenario, "4", "rate.delivered"},
                                   {scenario, "1", "rate.delivered"},
                                   {scenario, "2 B", "rate.delivered"},
                                   {scenario, "512 B", "rate.delivered"},
                                   {scenario, "8", "rate.delivered"}});
        rows.push_back(param("lookups", &P::lookups, 64, 1, 4096,
                             "look-ups under way at once per look-up unit", by_estimate,
                             {scenario, "1", "rate.delivered"}));
        return ParamTable("a match-action pipeline", rows);
    }();
    return table;
}

const ParamTable& EgressParams::params() {
    static const ParamTable table(
        "the match-action pipeline behind the traffic manager",
        pipeline_rows(
            {{scenario, "4", "latency.mean", "", unhurried},
             {scenario, "1", "rate.delivered"},
             {scenario, "2 B", "rate.delivered"},
             {scenario, "512 B", "rate.delivered", "", {"host0.card.asic.egress.width=16 B"}},
             {scenario, "4", "rate.delivered"}}));
    return table;
}

const ParamTable& TableMemoryParams::params() {
    using P = TableMemoryParams;
    static const ParamTable table =
        make_table<P>(
            "memory of the tables: SRAM, TCAM, and DRAM channels behind a cache",
            {
                param("sram", &P::sram, 4_mib, 0_b, 1024_mib, "on-chip SRAM for tables",
                      by_estimate, {scenario, "1024 MiB", "latency.mean", "", unhurried}),
                param("sram_latency", &P::sram_latency, 8_ns, 1_ps, 10_us, "read latency of SRAM",
                      by_estimate, {scenario, "200 ns", "latency.mean", "", unhurried}),
                param("tcam_entries", &P::tcam_entries, 16384, 0, 10'000'000, "entries of the TCAM",
                      by_estimate, refused("quickstart", "1")),
                param("tcam_latency", &P::tcam_latency, 10_ns, 0_ps, 10_us,
                      "search time of the TCAM", by_estimate,
                      {"quickstart", "10 us", "latency.max"}),
                param("cache", &P::cache, 4_mib, 4_kib, 1024_mib, "cache in front of the DRAM",
                      by_estimate, {scenario, "64 KiB", "latency.mean", "", unhurried}),
                param("cache_ways", &P::cache_ways, 8, 1, 8, "associativity of the cache",
                      by_estimate,
                      {scenario,
                       "1",
                       "latency.mean",
                       "",
                       {"east.rate=20 %", "east.flows=1000",
                        "host0.card.asic.memory.cache=128 KiB"}}),
                param("cache_latency", &P::cache_latency, 12_ns, 1_ps, 10_us,
                      "time to find a line in the cache or to miss it", by_estimate,
                      {scenario, "200 ns", "latency.mean", "", unhurried}),
                param("channels", &P::channels, 8, 1, 256, "DRAM channels", by_estimate,
                      {scenario, "1", "latency.mean", "", unhurried}),
                param("access_time", &P::access_time, 11_ns, 1_ps, 10_us,
                      "time a random access of one line occupies its channel",
                      "estimate: HBM2 tRC 42 ns spread over four busy banks",
                      {scenario, "100 ns", "latency.mean", "", unhurried}),
                param("dram_latency", &P::dram_latency, 100_ns, 0_ps, 100_us,
                      "from the start of an access to its data",
                      "estimate: HBM2 tRCD 12 ns + RL 17 ns (DRAMSys HBM2) and the way there and "
                      "back",
                      {scenario, "300 ns", "latency.mean", "", unhurried}),
            })
            .check([](const P& p, CheckReport& r) {
                if ((p.cache_ways & (p.cache_ways - 1)) != 0) {
                    r.error("cache_ways", "must be a power of two");
                }
            });
    return table;
}

const ParamTable& AgeingParams::params() {
    using P = AgeingParams;
    const std::vector<std::string> soon_old{"fw.timeout_established=100 us"};
    static const ParamTable table = make_table<P>(
        "reclaims entries of stateful tables that are too old",
        {
            param("interval", &P::interval, 5_us, 100_ns, 1_s, "from one sweep to the next",
                  by_estimate, {"quickstart", "50 us", "flows.evicted", "", soon_old}),
            param("entries", &P::entries, 16, 0, 1024,
                  "most table entries a sweep looks at; 0: no sweeps", by_estimate,
                  {"quickstart", "2", "flows.evicted", "", soon_old}),
        });
    return table;
}

const ParamTable& TrafficManagerParams::params() {
    using P = TrafficManagerParams;
    static const ParamTable table = make_table<P>(
        "the queues in front of the egress pipeline",
        {
            param("queue_limit", &P::queue_limit, 1_mib, 10_kib, 1024_mib,
                  "most that frames waiting for one port may take", by_estimate,
                  {scenario,
                   "64 KiB",
                   "frames.dropped",
                   "",
                   {"east.frame_size=1518 B", "host0.card.asic.port1.rate=25 Gb/s"}}),
            param("host_queue_limit", &P::host_queue_limit, 64_kib, 10_kib, 1024_mib,
                  "most that frames waiting for one interface may take", by_estimate,
                  {"dsc100-to-host", "1 MiB", "latency.mean", "", {"host0.card.pcie.lanes=4"}}),
            param(
                "host_buffer", &P::host_buffer, 2_mib, 64_kib, 1024_mib,
                "most that frames waiting for all interfaces may take; one queue gets no more than "
                "eight times what is free of it",
                "estimate: half of the buffer; threshold by Choudhury and Hahne, IEEE/ACM ToN 1998",
                {"vnic-sriov", "64 KiB", "latency.mean"}),
            param("host_quantum", &P::host_quantum, 1536_b, 64_b, 64_kib,
                  "frame bytes of one turn of an interface with weight 1", by_estimate,
                  {"vnic-sriov", "64 KiB", "latency.mean"}),
        });
    return table;
}

const ParamTable& AsicParams::params() {
    using P = AsicParams;
    static const ParamTable table = make_table<P>(
        "the card's programmable ASIC",
        {
            param("clock", &P::clock, 781'250_khz, 1_mhz, 5_ghz, "clock of parser and pipelines",
                  by_fit, {scenario, "400 MHz", "rate.delivered"}),
            param(
                "credit_cycles", &P::credit_cycles, 1, 1, 10000,
                "clocks a returned credit takes to its sender", by_estimate,
                {scenario, "1000", "rate.delivered", "", {"host0.card.asic.ingress.contexts=32"}}),
            section("port0", &P::port0, "Ethernet port 0"),
            section("port1", &P::port1, "Ethernet port 1"),
            section("buffer", &P::buffer, "packet buffer"),
            section("parser", &P::parser, "header parser"),
            section("cost", &P::cost, "price of primitives"),
            section("ingress", &P::ingress, "ingress pipeline"),
            section("egress", &P::egress, "egress pipeline"),
            section("memory", &P::memory, "table memory"),
            section("ageing", &P::ageing, "ageing engine"),
            section("tm", &P::tm, "traffic manager"),
        });
    return table;
}

}  // namespace snsim

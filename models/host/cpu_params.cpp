#include "models/host/cpu_params.h"

namespace snsim {

namespace {
constexpr const char* profile_997 =
    "perf profile of XDP forwarding on a Xeon E5-1650v4 with a ConnectX-5: 997 cycles a frame "
    "(Hoiland-Jorgensen et al., CoNEXT 2018, data: bench04_fwd.org)";

/// A price of at most so many cycles.
template <class P>
RowPtr cycles_of(std::string key, std::int64_t P::*member, std::int64_t preset, std::string meaning,
                 std::string source, Witness witness) {
    return param(std::move(key), member, preset, 0, 1'000'000, std::move(meaning),
                 std::move(source), std::move(witness));
}

constexpr const char* study = "interrupt-moderation";
constexpr const char* per_frame = "host.cpu.cycles_per_frame";

/// Changes a metric of a host whose kernel is interrupted, or, with these settings, of another.
Witness moves(const char* value, const char* metric, std::vector<std::string> with = {}) {
    return {study, value, metric, {}, std::move(with)};
}
/// Changes it of a host whose applications send by the kernel, perhaps with another setting.
Witness sends(const char* value, const char* with = "host0.vnic0.work=0") {
    return {"host-to-wire",
            value,
            per_frame,
            {},
            {"host0.vnic0.driver=interrupt", "servers.flows=1", with}};
}
std::vector<std::string> when_polled() { return {"host0.vnic0.driver=poll"}; }
std::vector<std::string> with_program(const std::string& word) {
    return {"host0.vnic0.program=" + word};
}
std::vector<std::string> with_filter(const std::string& word) {
    return {"host0.vnic0.filter=" + word};
}
}  // namespace

const ParamTable& IdleStateParams::params() {
    using P = IdleStateParams;
    static const ParamTable table = make_table<P>(
        "a state in which a core with nothing to do sleeps",
        {
            required(
                text("name", &P::name, "", "what the processor calls it", no_witness("a label"))),
            param("exit", &P::exit, 0_ps, 0_ps, 10_ms, "time to come back from it",
                  "of the processor's profile",
                  {study, "1 ms", "latency.mean", "host0.cpu.idle_states.c1.exit"}),
            param("residency", &P::residency, 0_ps, 0_ps, 1_s,
                  "shortest sleep that it is chosen for", "of the processor's profile",
                  {study, "1 s", "latency.mean", "host0.cpu.idle_states.c1.residency"}),
            absent_as("exit",
                      param("awake_exit", &P::awake_exit, std::nullopt, 0_ps, 10_ms,
                            "the core's part of it; the package's begins when the device "
                            "that interrupts writes to memory",
                            "of the processor's profile",
                            {study, "0 s", "latency.mean", "host0.cpu.idle_states.c1.awake_exit"})),
        });
    return table;
}

const ParamTable& PollCostParams::params() {
    using P = PollCostParams;
    static const ParamTable table = make_table<P>(
        "cycles of a driver in an application that polls",
        {
            // Who looks without end must take time for it.
            param("look", &P::look, 30, 1, 1'000'000, "looking into an empty ring and coming back",
                  "estimate", moves("3000", "latency.mean", when_polled())),
            cycles_of("burst", &P::burst, 60, "of a burst besides its frames", "estimate",
                      moves("6000", per_frame, when_polled())),
            cycles_of("packet", &P::packet, 58, "receiving a frame", "fit: see docs/host.md",
                      moves("580", per_frame, when_polled())),
            cycles_of("send", &P::send, 70, "sending a frame and freeing its buffer", "estimate",
                      moves("700", per_frame,
                            {"host0.vnic0.driver=poll", "host0.vnic0.application=forward"})),
        });
    return table;
}

const ParamTable& InterruptCostParams::params() {
    using P = InterruptCostParams;
    static const ParamTable table = make_table<P>(
        "cycles of interrupts and of a driver in the kernel",
        {
            cycles_of("entry", &P::entry, 1200, "entering and leaving an interrupt's handler",
                      "estimate", moves("12000", per_frame)),
            cycles_of("softirq", &P::softirq, 400, "entering the deferred part", "estimate",
                      moves("4000", per_frame)),
            cycles_of("poll", &P::poll, 250, "calling a driver for up to `budget` frames",
                      "estimate", moves("2500", per_frame)),
            cycles_of("rearm", &P::rearm, 150, "when a driver is done, besides the doorbell",
                      "estimate", moves("1500", per_frame)),
            cycles_of("packet", &P::packet, 81, "taking a frame off its ring", profile_997,
                      moves("810", per_frame)),
            cycles_of("program", &P::program, 51,
                      "the early hook with a program that looks at a "
                      "frame",
                      "XDP's overhead on a frame that is passed on, 13.3 ns at 3.8 GHz "
                      "(Hoiland-Jorgensen et al., CoNEXT 2018)",
                      moves("510", per_frame, with_program("pass"))),
            cycles_of("redirect", &P::redirect, 233,
                      "sending a frame on by another interface, "
                      "without a packet header",
                      profile_997, moves("2330", per_frame, with_program("redirect"))),
            cycles_of("transmit", &P::transmit, 80,
                      "sending a frame back by its own interface, "
                      "without a packet header",
                      profile_997, moves("800", per_frame, with_program("transmit"))),
            cycles_of("route", &P::route, 266,
                      "a routing program besides the walk through the table: headers, next hop",
                      profile_997, moves("2660", per_frame, with_program("route"))),
            cycles_of("node", &P::node, 49, "each node of the routing table's trie",
                      "the same profile: 342 cycles for 7 nodes",
                      moves("4900", per_frame, with_program("route"))),
            cycles_of("balance", &P::balance, 530,
                      "a load balancing program: headers, hash, "
                      "encapsulation",
                      "fit: see docs/host.md", moves("5300", per_frame, with_program("balance"))),
        });
    return table;
}

const ParamTable& StackCostParams::params() {
    using P = StackCostParams;
    static const ParamTable table = make_table<P>(
        "cycles of the kernel's receive path",
        {
            cycles_of("buffer", &P::buffer, 275, "a packet header allocated, filled and freed",
                      "estimate", moves("2400", per_frame)),
            cycles_of("receive", &P::receive, 172, "from the driver to the network layer",
                      "estimate", moves("1500", per_frame)),
            cycles_of("gro", &P::gro, 126, "looking for segments to merge a frame with", "estimate",
                      moves("1100", per_frame)),
            cycles_of("merge", &P::merge, 130, "merging it", "estimate",
                      {"tcp-stream", "1300", per_frame}),
            cycles_of("fragment_kib", &P::fragment_kib, 64,
                      "each KiB of buffer pages taken and "
                      "given back",
                      "a page of 4 KiB from the page allocator and back, 67.7 ns at 3.8 GHz, on a "
                      "Xeon E5-1650v4 (page_pool03_slow; Brouer, netdev, 7 January 2025)",
                      moves("4500", per_frame)),
            cycles_of("checksum_kib", &P::checksum_kib, 128,
                      "each KiB summed where the card does not, received or sent",
                      "8 B a cycle, which an add with carry takes (Fog, Instruction tables)",
                      moves("12800", per_frame,
                            {"host0.vnic0.tso=false", "host0.vnic0.checksum_offload=false"})),
            cycles_of("rule", &P::rule, 183, "a packet filter's table", "estimate",
                      moves("1830", per_frame, with_filter("raw"))),
            cycles_of("input", &P::input, 250, "the network layer of a frame for this host",
                      "estimate", moves("2500", per_frame)),
            cycles_of("filter", &P::filter, 183, "the filter table behind it", "estimate",
                      moves("1830", per_frame, with_filter("input"))),
            cycles_of("connection", &P::connection, 800, "connection tracking", "estimate",
                      moves("8000", per_frame, with_filter("connection"))),
            cycles_of("forward", &P::forward, 967, "routing a frame and sending it on",
                      "fit: see docs/host.md",
                      moves("9670", per_frame, {"host0.vnic0.application=forward"})),
            cycles_of("tcp", &P::tcp, 900, "TCP, for each packet that is delivered", "estimate",
                      moves("9000", per_frame, {"clients.protocol=tcp"})),
            cycles_of("udp", &P::udp, 350, "UDP likewise", "estimate", moves("3500", per_frame)),
            cycles_of("socket", &P::socket, 200, "queueing it at its socket, taking it off",
                      "estimate", moves("2000", per_frame)),
            cycles_of("acknowledge", &P::acknowledge, 1300, "sending an acknowledgement",
                      "estimate", moves("13000", per_frame, {"clients.protocol=tcp"})),
            cycles_of("wakeup", &P::wakeup, 1500, "waking a thread", "estimate",
                      moves("15000", per_frame)),
            cycles_of("context_switch", &P::context_switch, 2000, "switching to it", "estimate",
                      moves("20000", per_frame)),
            cycles_of("system_call", &P::system_call, 700, "a system call with what it checks",
                      "estimate", moves("7000", per_frame)),
            cycles_of("transfer", &P::transfer, 340,
                      "a cache line that another core wrote, fetched from there", "estimate",
                      moves("3400", per_frame)),
            param("connection_lines", &P::connection_lines, 7, 0, 1000,
                  "lines of a connection and of the packet's place in its queue that a reader on "
                  "another core fetches for TCP or UDP, with each packet",
                  "estimate, by the layout of Linux 5.4: sock (queue), icsk (acknowledging), three "
                  "of tcp_sock, two "
                  "of sk_buff; that there are 12 with the others is an estimate",
                  moves("70", per_frame)),
            param("packet_lines", &P::packet_lines, 3, 0, 1000,
                  "other lines of a packet that it fetches: the socket's lock, the packet header's "
                  "end, the list of fragments",
                  "likewise", moves("30", per_frame)),
            param("frame_lines", &P::frame_lines, 2, 0, 1000,
                  "and of each of its frames, or pages where the card has merged them", "estimate",
                  moves("20", per_frame)),
            cycles_of("copy_hit_kib", &P::copy_hit_kib, 200,
                      "a KiB copied to the application from "
                      "the last-level cache",
                      "estimate", moves("2000", per_frame)),
            cycles_of("copy_miss_kib", &P::copy_miss_kib, 480, "a KiB copied from memory",
                      "estimate", moves("4800", per_frame, {"host0.memory.ddio_ways=0"})),
        });
    return table;
}

const ParamTable& SendCostParams::params() {
    using P = SendCostParams;
    static const ParamTable table = make_table<P>(
        "cycles of the kernel's transmit path",
        {
            cycles_of("buffer", &P::buffer, 300, "a packet header allocated and filled",
                      "estimate: as on the receive path", sends("3000")),
            cycles_of("fragment_kib", &P::fragment_kib, 45,
                      "each KiB of buffer pages taken and given back", "estimate", sends("4500")),
            cycles_of("tcp", &P::tcp, 900, "TCP, for each packet that is sent",
                      "estimate: as on the receive path", sends("9000", "servers.protocol=tcp")),
            cycles_of("udp", &P::udp, 350, "UDP likewise", "estimate: as on the receive path",
                      sends("3500")),
            cycles_of("ip", &P::ip, 350, "the network layer: route, filters, neighbour", "estimate",
                      sends("3500")),
            cycles_of("segment", &P::segment, 60,
                      "each segment of a packet but one that the card cuts it into",
                      "estimate: a fragment mapped and a descriptor",
                      sends("6000", "servers.protocol=tcp")),
            cycles_of("acknowledgement", &P::acknowledgement, 1800,
                      "taking in the acknowledgement of a TCP packet",
                      "estimate: driver, buffer, GRO, network layer and TCP of the receive path",
                      sends("18000", "servers.protocol=tcp")),
            cycles_of("queue", &P::queue, 500, "queueing discipline and driver", "estimate",
                      moves("5000", per_frame, {"host0.vnic0.application=forward"})),
            cycles_of("complete", &P::complete, 300, "freeing it when it is sent", "estimate",
                      moves("3000", per_frame, {"host0.vnic0.application=forward"})),
        });
    return table;
}

const ParamTable& CpuParams::params() {
    using P = CpuParams;
    static const ParamTable table = make_table<P>(
        "the host's processor and what its software costs",
        {
            param("clock", &P::clock, 2'200'000'000_hz, 100_mhz, 10_ghz, "of every core",
                  "Intel ARK, Xeon E5-2630 v4", moves("1 GHz", "latency.mean")),
            param("cores", &P::cores, 20, 1, 250, "that there are", "two sockets of ten cores",
                  moves("1", "host.cpu.cores")),
            list("idle_states", &P::idle_states, "in which cores sleep, shallow to deep"),
            cycles_of("doorbell", &P::doorbell, 100, "a write to a register of the card",
                      "estimate", moves("10000", per_frame)),
            cycles_of("refill", &P::refill, 24, "writing a receive descriptor", profile_997,
                      moves("2400", per_frame)),
            section("poll", &P::poll, "drivers in applications that poll"),
            section("interrupt", &P::interrupt, "interrupts, and drivers in the kernel"),
            section("stack", &P::stack, "the kernel's receive path"),
            section("send", &P::send, "the kernel's transmit path"),
        });
    return table;
}

}  // namespace snsim

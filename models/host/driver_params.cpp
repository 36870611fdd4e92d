#include "models/host/driver_params.h"

namespace snsim {

namespace {
Witness moves(const char* value, const char* metric, std::vector<std::string> with = {}) {
    return {"interrupt-moderation", value, metric, {}, std::move(with)};
}
/// Changes what a host's core does whose application sends by the kernel.
Witness sends(const char* value, std::vector<std::string> with) {
    with.insert(with.end(), {"host0.vnic0.driver=interrupt", "servers.flows=1"});
    return {"host-to-wire", value, "host.cpu.cycles_per_frame", {}, std::move(with)};
}
}  // namespace

std::vector<RowPtr> driver_rows() {
    using P = DriverParams;
    return {
        choice("driver", &P::driver, Driver::sink,
               {{"sink", Driver::sink}, {"poll", Driver::poll}, {"interrupt", Driver::interrupt}},
               "software that serves its rings: none, an application that polls, or the kernel",
               "choice", moves("sink", "latency.mean")),
        choice("application", &P::application, Application::receive,
               {{"receive", Application::receive},
                {"drop", Application::drop},
                {"forward", Application::forward},
                {"reply", Application::reply}},
               "what becomes of frames that nothing before it took", "choice",
               moves("drop", "frames.dropped", {"host0.vnic0.driver=poll"})),
        param("core", &P::core, 0, 0, 249, "that serves its first queue; others follow", "choice",
              moves("2", "/host_cycles")),
        absent_as("same", param("application_core", &P::application_core, std::nullopt, 0, 249,
                                "of the thread that reads the first queue's socket", "choice",
                                moves("0", "latency.mean"))),
        param("burst", &P::burst, 32, 1, 1024, "frames a poll takes at most", "DPDK: MAX_PKT_BURST",
              moves("1", "host.cpu.cycles_per_frame",
                    {"host0.vnic0.driver=poll", "clients.arrival=poisson", "clients.rate=10 %"})),
        param("budget", &P::budget, 64, 1, 1024, "frames a call of the kernel's driver takes",
              "Linux: NAPI_POLL_WEIGHT", moves("1", "host.cpu.cycles_per_frame")),
        param("softirq_budget", &P::softirq_budget, 300, 1, 100'000,
              "frames after which the kernel leaves the rest to a thread",
              "Linux: net.core.netdev_budget",
              moves("1", "host.cpu.cycles_per_frame", {"host0.vnic0.budget=1"})),
        param("softirq_time", &P::softirq_time, 2_ms, 1_us, 1_s, "time after which it does so",
              "Linux: net.core.netdev_budget_usecs at 1000 Hz",
              moves("1 us", "host.cpu.cycles_per_frame", {"host0.vnic0.budget=1"})),
        param("refill", &P::refill, 32, 1, 1024,
              "receive buffers that are given back to the card together",
              "DPDK mlx5: MLX5_VPMD_RXQ_RPLNSH_THRESH; Linux mlx5e likewise",
              moves("1", "host.cpu.cycles_per_frame", {"host0.cpu.doorbell=10000"})),
        flag("adaptive", &P::adaptive, false,
             "the driver adapts interrupt moderation to the traffic", "choice",
             moves("true", "host.interrupts.rate")),
        choice("program", &P::program, EarlyProgram::none,
               {{"none", EarlyProgram::none},
                {"pass", EarlyProgram::pass},
                {"drop", EarlyProgram::drop},
                {"transmit", EarlyProgram::transmit},
                {"redirect", EarlyProgram::redirect},
                {"route", EarlyProgram::route},
                {"balance", EarlyProgram::balance}},
               "what a program at the kernel driver's early hook does with every frame", "choice",
               moves("drop", "frames.dropped")),
        param("nodes", &P::nodes, 2, 1, 100,
              "nodes of the routing table's trie that a routing program's look-up visits",
              "a table of one route: 2; of the Internet's 752,000: 7 (Hoiland-Jorgensen et al., "
              "CoNEXT 2018, data: bench04_fwd.org)",
              moves("7", "host.cpu.cycles_per_frame", {"host0.vnic0.program=route"})),
        choice("filter", &P::filter, PacketFilter::none,
               {{"none", PacketFilter::none},
                {"raw", PacketFilter::raw},
                {"input", PacketFilter::input},
                {"connection", PacketFilter::connection}},
               "where the kernel's packet filter drops every frame: before all else, at the end of "
               "the network layer, or there with connection tracking",
               "choice", moves("raw", "frames.dropped")),
        flag("gro", &P::gro, true, "received segments are merged", "Linux's default",
             moves("false", "host.cpu.cycles_per_frame")),
        param("read", &P::read, 64_kib, 1_b, 1024_mib, "bytes that a read of a stream takes",
              "choice", moves("1 B", "host.cpu.cycles_per_frame", {"clients.protocol=tcp"})),
        param("socket", &P::socket, 6_mib, 2_kib, 1024_mib, "a socket's receive buffer",
              "Linux: net.ipv4.tcp_rmem", moves("2 KiB", "frames.lost", {"clients.rate=2 %"})),
        param(
            "work", &P::work, 0, 0, 10'000'000,
            "cycles of the application for each read, each call that sends, or each frame that it "
            "polls",
            "choice", moves("10000", "host.cpu.cycles_per_frame")),
        param("write", &P::write, 64_kib, 1_b, 1024_mib,
              "bytes of a connection's stream that are sent with one system call", "choice",
              sends("1 B", {"servers.protocol=tcp"})),
        flag("tso", &P::tso, true,
             "what TCP sends with one system call, or, without software, what is due together, is "
             "one packet that the card cuts",
             "Linux's default", sends("false", {"servers.protocol=tcp"})),
        flag("checksum_offload", &P::checksum_offload, true,
             "the card, not the kernel, sums what is received and sent", "Linux's default",
             moves("false", "host.cpu.cycles_per_frame", {"host0.vnic0.tso=false"})),
        choice(
            "when_full", &P::when_full, WhenFull::protocol,
            {{"protocol", WhenFull::protocol}, {"wait", WhenFull::wait}, {"drop", WhenFull::drop}},
            "what is sent while the ring is full waits or is lost; by protocol the kernel loses "
            "UDP, and all else waits",
            "choice",
            {"host-to-wire",
             "drop",
             "frames.lost",
             {},
             {"host0.vnic0.driver=poll", "host0.vnic0.rate_limit=1 Gb/s"}}),
    };
}

}  // namespace snsim

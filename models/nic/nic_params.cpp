#include "models/nic/nic_params.h"

namespace snsim {

namespace {
constexpr const char* to_host = "dsc100-to-host";
constexpr const char* from_host = "host-to-wire";
constexpr const char* by_estimate = "estimate";
}  // namespace

const ParamTable& NicParams::params() {
    using P = NicParams;
    static const ParamTable table =
        make_table<P>(
            "queues, rings and doorbells towards the host",
            {
                param("rx_fifo", &P::rx_fifo, 8_kib, 2_kib, 1_mib,
                      "frames between the traffic manager and the DMA engine", by_estimate,
                      {to_host, "64 KiB", "latency.mean", "", {"host0.card.pcie.lanes=4"}}),
                param("rx_latency", &P::rx_latency, 40_ns, 1_ns, 10_us,
                      "to filter and hash a received frame and find its queue", by_estimate,
                      {to_host, "1 us", "latency.mean"}),
                param("tx_latency", &P::tx_latency, 150_ns, 1_ns, 10_us,
                      "from a frame's last byte out of host memory to the packet buffer",
                      by_estimate, {from_host, "1 us", "latency.mean"}),
                param("tx_window", &P::tx_window, 64_kib, 10_kib, 1_mib,
                      "bytes of packets read out of host memory at once", by_estimate,
                      {from_host, "10 KiB", "latency.mean", "", {"servers.rate=100 %"}}),
                param("tx_quantum", &P::tx_quantum, 1536_b, 64_b, 64_kib,
                      "packet bytes of one turn of an interface with weight 1", by_estimate,
                      {"vnic-sriov",
                       "64 KiB",
                       "to0.latency.mean",
                       "",
                       {"to0.from=host0.vnic0", "to0.to=host0.wire0", "to0.rate=1 Gb/s",
                        "to0.frame_size=64 B", "to1.from=host0.vnic1", "to1.to=host0.wire0",
                        "to1.rate=90 Gb/s"}}),
                param("tx_credit", &P::tx_credit, 64_kib, 16_kib, 1_mib,
                      "bytes of frames to each wire that the ASIC takes from the host at once",
                      by_estimate,
                      {from_host, "16 KiB", "latency.mean", "", {"servers.rate=100 %"}}),
                param("doorbell_latency", &P::doorbell_latency, 20_ns, 1_ns, 10_us,
                      "from a doorbell's arrival to its queue", by_estimate,
                      {from_host, "10 us", "latency.mean"}),
                param("descriptor_cache", &P::descriptor_cache, 64, 8, 4096,
                      "descriptors kept on the card per ring, a power of two", by_estimate,
                      {to_host, "8", "rate.delivered"}),
                param("descriptor_fetch", &P::descriptor_fetch, 16, 1, 256,
                      "most descriptors read at once", by_estimate,
                      {to_host, "1", "latency.mean", "", {"host0.vnic0.ring=64"}}),
                param("completion_batch", &P::completion_batch, 1, 1, 64,
                      "most completions written at once", by_estimate,
                      {to_host, "4", "sim.events"}),
                param(
                    "completion_wait", &P::completion_wait, 500_ns, 1_ns, 100_us,
                    "longest that a completion waits for others to be written with", by_estimate,
                    {to_host, "5 us", "latency.mean", "", {"host0.card.nic.completion_batch=64"}}),
                param("lro_sessions", &P::lro_sessions, 32, 1, 1024,
                      "connections of a queue whose segments are merged at a time",
                      "Intel 82599 datasheet, 7.11: 32 receive contexts",
                      {"tcp-stream",
                       "1",
                       "host.cpu.cycles_per_frame",
                       "",
                       {"host0.vnic0.lro=true", "stream.flows=4"}}),
            })
            .check([](const P& p, CheckReport& r) {
                if ((p.descriptor_cache & (p.descriptor_cache - 1)) != 0) {
                    r.error("descriptor_cache",
                            "'" + std::to_string(p.descriptor_cache) + "' is no power of two");
                }
            });
    return table;
}

}  // namespace snsim

#include "models/nic/vnic_params.h"

#include "models/protocols/nic_registers.h"

namespace snsim {

namespace {
constexpr const char* to_host = "dsc100-to-host";
constexpr const char* sixteen = "vnic-sriov";
}  // namespace

const ParamTable& ModerationParams::params() {
    using P = ModerationParams;
    static const ParamTable table = make_table<P>(
        "when completions raise an interrupt",
        {
            param("frames", &P::frames, 64, 1, 65535, "completions after which one is raised",
                  "estimate; Linux mlx5e: 32 (en.h), or 64 to 256 by its adaptive moderation",
                  {"interrupt-moderation", "1", "host.interrupts.rate"}),
            param("time", &P::time, 8_us, 0_ps, 10_ms, "time after the first of them",
                  "Linux mlx5e, where its adaptive moderation begins (net_dim.c)",
                  {"interrupt-moderation", "100 us", "host.interrupts.rate"}),
        });
    return table;
}

std::vector<RowPtr> vnic_rows() {
    using P = VnicParams;
    return {
        param("queues", &P::queues, 1, 1, max_queues,
              "queue pairs; flows are spread over them by their Toeplitz hash", "choice",
              {"interrupt-moderation", "4", "latency.mean"}),
        param("ring", &P::ring, 1024, 8, max_ring, "entries of each ring, a power of two",
              "DPDK testpmd and Linux mlx5e: 1024", {to_host, "8", "rate.delivered"}),
        param("buffer", &P::buffer, 2048_b, 64_b, 65536_b,
              "of each receive descriptor; longer frames are dropped",
              "DPDK: RTE_MBUF_DEFAULT_DATAROOM", {to_host, "1024 B", "rate.delivered"}),
        param("weight", &P::weight, 1, 1, 1000,
              "share of the bandwidth to and from the host against other interfaces", "choice",
              {sixteen, "4", "to0.rate.delivered", "host0.vnic3.weight"}),
        param("rate_limit", &P::rate_limit, std::nullopt, 1_mbps, 400_gbps,
              "most it may receive and most it may send, of frame bits", "choice",
              {to_host, "1 Gb/s", "rate.delivered"}),
        param("rate_burst", &P::rate_burst, 64_kib, 16_kib, 960_kib,
              "tokens the rate limit saves up", "estimate",
              {to_host,
               "512 KiB",
               "rate.delivered",
               "",
               {"host0.vnic0.rate_limit=1 Gb/s", "windows.warmup=0 s"}}),
        section("moderation", &P::moderation, "when completions raise an interrupt"),
        param("vlan", &P::vlan, 0, 0, 4094, "VLAN it belongs to; 0: untagged frames", "IEEE 802.1Q",
              {"host-to-wire", "7", "rate.delivered"}),
        flag("attached", &P::attached, true,
             "it is there at the beginning; an event can attach it later", "choice",
             {to_host, "false", "rate.delivered"}),
        reserved("lro", "merge received segments of a connection"),
    };
}

}  // namespace snsim

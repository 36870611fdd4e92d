// labels: accuracy
// Published measurements of hosts, run through the model: an interface with a card that delivers as
// fast as the host takes. Each case prints its row; tests/host/accuracy_test.py judges them all.
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "models/system/scenario.h"
#include "models/system/scenario_loader.h"
#include "tests/functions/frames.h"
#include "tests/host/bench.h"

namespace snsim {
namespace {

constexpr Picoseconds us = 1'000'000;

void print(const char* row, double simulated) { std::printf("ROW %s %.6g\n", row, simulated); }

class Published : public testing::Test, public HostBench {
  protected:
    void machine(const std::string& profile) {
        const char* const home = std::getenv("SNSIM_HOME");
        const std::string folder = home == nullptr ? "." : home;
        LoadOptions options;
        options.sets.push_back("host0.profile=" + profile);
        const LoadedScenario loaded = load_scenario("quickstart", Library(folder), options);
        ASSERT_TRUE(loaded.ok()) << loaded.diagnostics.text();
        costs = loaded.scenario.hosts[0].cpu;
        const HostMemoryParams& mem = loaded.scenario.hosts[0].memory;
        cache = {Bytes{mem.llc.value * mem.ddio_ways / mem.llc_ways},
                 static_cast<std::uint32_t>(mem.ddio_ways)};
        costs.cores = std::max<std::int64_t>(costs.cores, 2);
        record = false;
    }
    /// Frames of 64 bytes as fast as the ring takes them; returns frames/s taken.
    double rate() {
        ring = 512;
        build();
        card->set_source([this](Frame&) { return bench.agenda.now() + 15'000; }, us);
        bench.run_until(200 * us);
        const std::uint64_t before = done();
        bench.run_until(1200 * us);
        return static_cast<double>(done() - before) / 1e-3;
    }
    /// TCP segments of one connection, as many bytes under way as a window.
    struct Stream {
        double bits;         ///< payload/s
        double driver_core;  ///< busy
        double reader_core;
        double copy_share;
        double tcp_share;
    };
    Stream stream(std::uint32_t payload, bool gro, bool same_core) {
        params.driver = Driver::interrupt;
        params.gro = gro;
        if (!same_core) params.application_core = 1;
        ring = 1024;
        build();
        constexpr std::uint64_t window = 3 << 20;
        path->received.listen<&Published::count>(*this);
        card->set_source(
            [this, payload](Frame& frame) {
                write_segment(frame, 1 + static_cast<std::uint32_t>(card->sent - 1) * payload,
                              payload);
                sent_bytes += payload;
                const Picoseconds line = (frame.bytes + 20) * 80;
                return bench.agenda.now() + (sent_bytes - received_bytes < window ? line : 10 * us);
            },
            us);
        bench.run_until(5'000 * us);
        const std::uint64_t bytes = received_bytes;
        const Picoseconds busy[] = {processor->core(0).busy_ps(), processor->core(1).busy_ps()};
        bench.run_until(15'000 * us);
        constexpr double span = 10'000e6;
        Stream result{};
        result.bits = static_cast<double>(received_bytes - bytes) * 8 / 10e-3;
        result.driver_core = static_cast<double>(processor->core(0).busy_ps() - busy[0]) / span;
        result.reader_core = static_cast<double>(processor->core(1).busy_ps() - busy[1]) / span;
        const auto all = static_cast<double>(all_cycles(0) + all_cycles(1));
        const auto of = [&](CycleCause cause) {
            return static_cast<double>(cycles(cause, 0) + cycles(cause, 1)) / all;
        };
        result.copy_share = of(CycleCause::copy);
        result.tcp_share =
            of(CycleCause::transport) + of(CycleCause::ip) + of(CycleCause::acknowledge);
        return result;
    }

  private:
    [[nodiscard]] std::uint64_t done() const { return ended + card->frames_transmitted; }
    void count(const FrameReceivedByHost& fact) { received_bytes += fact.frame.payload_bytes(); }
    static void write_segment(Frame& frame, std::uint32_t sequence, std::uint32_t payload) {
        HeaderFields fields =
            fields_of(endpoint("10.0.0.1", 1000), endpoint("10.0.0.2", 80), ip_protocol::tcp);
        fields.tcp_flags = tcp_flag::ack;
        fields.tcp_seq = sequence;
        fields.payload_bytes = payload;
        const HeaderLayout layout = write_headers(fields, frame.header.data());
        frame.header_bytes = static_cast<std::uint8_t>(layout.header_bytes);
        frame.bytes = layout.header_bytes + payload + fcs_bytes;
    }

    std::uint64_t sent_bytes = 0;
    std::uint64_t received_bytes = 0;
};

class Xdp : public Published {
  protected:
    Xdp() {
        machine("xeon-e5-1650v4");
        params.driver = Driver::interrupt;
    }
};

TEST_F(Xdp, DpdkDrop) {
    params.driver = Driver::poll;
    params.application = Application::drop;
    const double pps = rate();
    print("NET-017", pps / 1e6);
    print("NET-021", 1e9 / pps);
}
TEST_F(Xdp, ProgramThatDrops) {
    params.program = EarlyProgram::drop;
    const double pps = rate();
    print("NET-018", pps / 1e6);
    print("NET-022", 1e9 / pps);
}
TEST_F(Xdp, RawTable) {
    params.filter = PacketFilter::raw;
    print("NET-019", rate() / 1e6);
}
TEST_F(Xdp, ConnectionTracking) {
    params.filter = PacketFilter::connection;
    print("NET-020", rate() / 1e6);
}
TEST_F(Xdp, ProgramThatRoutesByOneRoute) {
    params.program = EarlyProgram::route;
    print("NET-027", rate() / 1e6);
}
TEST_F(Xdp, ProgramThatRoutesByTheInternetsTable) {
    params.program = EarlyProgram::route;
    params.nodes = 7;
    print("NET-028", rate() / 1e6);
}
TEST_F(Xdp, ProgramThatRedirects) {
    params.program = EarlyProgram::redirect;
    print("NET-029", rate() / 1e6);
}
TEST_F(Xdp, ProgramThatBalancesLoad) {
    params.program = EarlyProgram::balance;
    const double pps = rate();
    print("NET-030", pps / 1e6);
    print("NET-033", 6 * pps / 1e6);  // cores do not meet in the model
}
TEST_F(Xdp, KernelThatRoutes) {
    params.application = Application::forward;
    print("NET-032", 6 * rate() / 1e6);
}

class Tcp : public Published {
  protected:
    Tcp() { machine("xeon-6128"); }
    static constexpr std::uint32_t standard = 1448;
    static constexpr std::uint32_t jumbo = 8948;
};

double per_core(double bits, double cores) { return bits / cores / 1e9; }

TEST_F(Tcp, WithoutOffloads) {
    const Stream s = stream(standard, false, false);
    print("NET-001", per_core(s.bits, s.driver_core + s.reader_core));
    print("NET-008", s.bits / 1e9);
    print("NET-015", 100 * s.tcp_share);
}
TEST_F(Tcp, SegmentsMerged) {
    const Stream s = stream(standard, true, false);
    print("NET-002", per_core(s.bits, s.driver_core + s.reader_core));
    print("NET-009", s.bits / 1e9);
}
TEST_F(Tcp, SegmentsMergedOnTheReadersCore) {
    const Stream s = stream(standard, true, true);
    print("NET-005", per_core(s.bits, s.driver_core + s.reader_core));
}
TEST_F(Tcp, JumboFrames) {
    const Stream s = stream(jumbo, false, false);
    print("NET-006", per_core(s.bits, s.driver_core + s.reader_core));
}
TEST_F(Tcp, AllTogether) {
    const Stream s = stream(jumbo, true, true);
    print("NET-004", per_core(s.bits, s.driver_core + s.reader_core));
    print("NET-007", s.bits / 1e9);
    print("NET-011", 100 * (s.driver_core + s.reader_core));
    print("NET-012", 100 * s.copy_share);
}

}  // namespace
}  // namespace snsim

// A queue with nothing around it: a source, a queue made of this room's stations, and an exit.
//
// It is how the station kit itself is judged: its arrivals, services and queues have closed forms.
// Time is measured in services: the mean service takes 1 us. Frames are 125 B, so a server or a
// token bucket of 1 Gb/s passes one per service. The source posts arrivals through an agenda point,
// as every block's are.
#pragma once

#include <memory>
#include <optional>
#include <systemc>
#include <vector>

#include "models/base/credits.h"
#include "models/base/dispatcher.h"
#include "models/base/inputs.h"
#include "models/base/params.h"
#include "models/base/partition.h"
#include "models/base/queue_server.h"
#include "models/base/random.h"
#include "models/base/servers.h"
#include "models/base/shaper.h"

namespace snsim {

struct QueueBenchParams {
    enum class Arrivals { poisson, constant };
    enum class Service { exponential, constant, hyperexponential };
    enum class Places { leave, finish };

    Arrivals arrivals;
    Service service;
    double variability;
    std::int64_t servers;
    std::int64_t capacity;
    Places places;
    std::optional<Share> urgent;
    std::optional<std::int64_t> bucket;
    double load;
    std::int64_t count;

    static const ParamTable& params();
};

class QueueBench : public sc_core::sc_module {
  public:
    static constexpr Picoseconds service_ps = 1'000'000;

    struct Passed {
        std::size_t queue;
        Visited visit;
    };
    struct Lost {
        Picoseconds t;
    };

    QueueBench(const sc_core::sc_module_name& name, const QueueBenchParams& params,
               std::uint64_t seed);

    Probe<Passed> passed;  ///< of one queue in order of arrival
    Probe<Lost> lost;

    /// Until every frame has been offered and served.
    void run();
    [[nodiscard]] std::uint64_t events() const { return agenda_.items(); }
    [[nodiscard]] Picoseconds now() const { return agenda_.now(); }

  private:
    void create();
    void arrive(Frame& frame, Picoseconds t);
    [[nodiscard]] bool has_room(Picoseconds t);
    void visited(const Visited& visit) {
        finish_ = visit.served.finish;
        passed({queue_, visit});
    }
    void leave(const QueueServer::Left& left);
    [[nodiscard]] Exact draw_service();

    // parameters
    QueueBenchParams params_;
    double mean_gap_ps_;
    double short_probability_ = 0;  ///< of a hyperexponential service

    // wiring
    Dispatcher dispatcher_;
    Agenda& agenda_;
    Partition partition_;
    BlockId source_block_;
    BlockId queue_block_;
    Wake source_;
    FrameInput input_;
    std::optional<FifoServer> server_;
    std::optional<EnginePool> pool_;
    std::optional<QueueServer> queues_;
    std::optional<Shaper> shaper_;
    std::optional<CreditPool<>> room_;
    std::vector<Picoseconds> finishes_;  ///< a heap: places that come back as services end

    // state
    Exponentials gaps_;
    Exponentials services_;
    RandomStream kinds_;
    double next_ps_ = 0;
    std::int64_t created_ = 0;
    std::int64_t ended_ = 0;
    std::size_t queue_ = 0;
    Picoseconds finish_ = 0;  ///< of the service computed last
};

}  // namespace snsim

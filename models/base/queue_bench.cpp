#include "models/base/queue_bench.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace snsim {

namespace {

constexpr Bytes frame_size = 125_b;
constexpr BitRate one_per_service = 1_gbps;  // 125 B in 1 us
// A whole batch may be on its way; a queue that is not stable has this much more time.
constexpr Picoseconds slice = 1'000'000'000'000;

const char* with_resolution(const char* name) {
    Dispatcher::set_time_resolution();
    return name;
}

}  // namespace

const ParamTable& QueueBenchParams::params() {
    using A = Arrivals;
    using S = Service;
    const auto kit = [] {
        return no_witness("cases of `snsim validate` set it, no scenario does");
    };
    static const ParamTable table =
        make_table<QueueBenchParams>(
            "a queue of the station kit, with nothing around it",
            {
                choice("arrivals", &QueueBenchParams::arrivals, A::poisson,
                       {{"poisson", A::poisson}, {"constant", A::constant}}, "gaps between frames",
                       "choice", kit()),
                choice("service", &QueueBenchParams::service, S::exponential,
                       {{"exponential", S::exponential},
                        {"constant", S::constant},
                        {"hyperexponential", S::hyperexponential}},
                       "service times, of mean 1 us; the last is a mixture of two exponentials "
                       "that share the load equally",
                       "choice", kit()),
                param("variability", &QueueBenchParams::variability, 4.0, 1.0, 100.0,
                      "squared coefficient of variation of a hyperexponential service", "choice",
                      kit()),
                param("servers", &QueueBenchParams::servers, 1, 1, 1024,
                      "equal servers; more than one are an engine pool", "choice", kit()),
                param("capacity", &QueueBenchParams::capacity, 0, 0, 1'000'000,
                      "most frames inside, those in service included; 0: any number", "choice",
                      kit()),
                choice(
                    "places", &QueueBenchParams::places, Places::leave,
                    {{"leave", Places::leave}, {"finish", Places::finish}},
                    "when a place of the capacity is free again: when its frame leaves, in order "
                    "of arrival, or when its service ends",
                    "choice", kit()),
                param("urgent", &QueueBenchParams::urgent, std::nullopt, Share{0.001}, Share{0.999},
                      "share of the frames that go first, whatever else waits (queue 0 of two)",
                      "choice", kit()),
                param("bucket", &QueueBenchParams::bucket, std::nullopt, 1, 1000,
                      "a shaper in place of servers: a token bucket of this many frames, filled "
                      "with one per us",
                      "choice", kit()),
                param("load", &QueueBenchParams::load, 0.8, 0.001, 10.0,
                      "arrivals per mean service and server", "choice", kit()),
                param("count", &QueueBenchParams::count, 1'000'000, 1'000, 1'000'000'000,
                      "frames offered", "choice", kit()),
            })
            .check([](const QueueBenchParams& p, CheckReport& r) {
                if (p.urgent && p.servers > 1) r.error("urgent", "needs a single server");
                if (p.bucket && (p.urgent || p.servers > 1)) {
                    r.error("bucket", "stands in place of servers and of queues");
                }
                if (p.urgent && p.capacity > 0) r.error("capacity", "is that of one queue");
                if (p.places == Places::finish && p.capacity == 0) {
                    r.error("places", "needs a capacity");
                }
                if (p.capacity == 0 && p.load >= 1) {
                    r.error("load", "must be below 1 unless there is a capacity");
                }
            });
    return table;
}

QueueBench::QueueBench(const sc_core::sc_module_name& name, const QueueBenchParams& params,
                       std::uint64_t seed)
    : sc_module(name),
      params_(params),
      mean_gap_ps_(static_cast<double>(service_ps) / params.load /
                   static_cast<double>(params.servers)),
      dispatcher_(with_resolution("dispatcher")),
      agenda_(dispatcher_.add_partition()),
      partition_(agenda_),
      source_block_(agenda_.add_block("bench.source")),
      queue_block_(agenda_.add_block("bench.queue")),
      source_(agenda_, source_block_, wake_handler<&QueueBench::create, QueueBench>(), this),
      input_(agenda_, queue_block_, InputKind::agenda_point,
             frame_handler<&QueueBench::arrive, QueueBench>(), this),
      gaps_(RandomStream(seed, "bench.gaps")),
      services_(RandomStream(seed, "bench.services")),
      kinds_(seed, "bench.kinds") {
    agenda_.add_edge(source_block_, queue_block_);
    const double v = params.variability;
    short_probability_ = 0.5 * (1 + std::sqrt((v - 1) / (v + 1)));
    StationTally* tally = nullptr;
    const auto servers = static_cast<std::uint32_t>(params.servers);
    if (params.bucket) {
        shaper_.emplace("bench.shaper", partition_.stations.next_slot(), one_per_service,
                        frame_size * *params.bucket);
        tally = &shaper_->station.tally;
    } else if (params.urgent) {
        queues_.emplace("bench.queues", partition_, queue_block_, 2,
                        std::make_unique<StrictPriority>());
        queues_->left.listen<&QueueBench::leave>(*this);
    } else if (servers > 1) {
        pool_.emplace("bench.pool", partition_.stations.next_slot(), servers);
        tally = &pool_->station.tally;
    } else {
        server_.emplace("bench.server", partition_.stations.next_slot());
        tally = &server_->station.tally;
    }
    if (tally != nullptr) tally->visited.listen<&QueueBench::visited>(*this);
    if (params.capacity > 0) room_.emplace(params.capacity);
}

void QueueBench::run() {
    dispatcher_.run_until(0);
    source_.at(0, Phase::control);
    for (Picoseconds end = slice; ended_ < params_.count; end += slice) dispatcher_.run_until(end);
}

/// Makes the next batch of frames and comes back when the last of them arrives.
void QueueBench::create() {
    for (std::uint32_t i = 0; i < agenda_.batch; ++i) {
        if (created_ == params_.count) return;
        const bool poisson = params_.arrivals == QueueBenchParams::Arrivals::poisson;
        next_ps_ += poisson ? gaps_.next() * mean_gap_ps_ : mean_gap_ps_;
        Frame& frame = agenda_.frames().take();
        frame.bytes = static_cast<std::uint32_t>(frame_size.value);
        frame.sequence = static_cast<std::uint64_t>(created_++);
        input_.accept(frame, static_cast<Picoseconds>(next_ps_));
    }
    source_.at(static_cast<Picoseconds>(next_ps_), Phase::control);
}

Exact QueueBench::draw_service() {
    constexpr auto mean = static_cast<double>(service_ps);
    double time = mean;
    switch (params_.service) {
        case QueueBenchParams::Service::constant: break;
        case QueueBenchParams::Service::exponential: time = services_.next() * mean; break;
        case QueueBenchParams::Service::hyperexponential: {
            const bool is_short = kinds_.unit() <= short_probability_;
            const double share = is_short ? short_probability_ : 1 - short_probability_;
            time = services_.next() * mean / (2 * share);
            break;
        }
    }
    return {static_cast<Picoseconds>(time + 0.5), 0, 1};
}

bool QueueBench::has_room(Picoseconds t) {
    if (params_.places == QueueBenchParams::Places::leave) return !room_ || room_->can_take(t);
    while (!finishes_.empty() && finishes_.front() <= t) {
        std::pop_heap(finishes_.begin(), finishes_.end(), std::greater<>());
        finishes_.pop_back();
    }
    return static_cast<std::int64_t>(finishes_.size()) < params_.capacity;
}

void QueueBench::arrive(Frame& frame, Picoseconds t) {
    if (!has_room(t)) {
        lost({t});
        agenda_.frames().release(frame);
        ++ended_;
        return;
    }
    const Exact service = draw_service();
    if (queues_) {
        const std::size_t queue = kinds_.unit() <= params_.urgent->value ? 0 : 1;
        queues_->arrive(frame, t, queue, service);
        return;
    }
    Picoseconds end = 0;
    if (shaper_) {
        end = shaper_->pass(frame, t);
    } else if (pool_) {
        end = pool_->pass(frame, t, service, frame.bytes);
    } else {
        end = server_->pass(frame, t, service, frame.bytes);
    }
    if (params_.places == QueueBenchParams::Places::finish) {
        finishes_.push_back(finish_);
        std::push_heap(finishes_.begin(), finishes_.end(), std::greater<>());
    } else if (room_) {
        room_->take();
        room_->give_back(end);
    }
    agenda_.frames().release(frame);
    ++ended_;
}

void QueueBench::leave(const QueueServer::Left& left) {
    passed({left.queue, left.visit});
    agenda_.frames().release(left.frame);
    ++ended_;
}

}  // namespace snsim

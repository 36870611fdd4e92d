#include "app/kit_trial.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "app/mean_interval.h"
#include "models/base/ring.h"
#include "observers/histogram.h"

namespace snsim {

namespace {

constexpr auto service = static_cast<double>(QueueBench::service_ps);
constexpr std::size_t batches = 30;

/// The mean of what is added, and its interval from the means of batches.
class BatchMeans {
  public:
    explicit BatchMeans(std::int64_t samples)
        : per_batch_(samples / static_cast<std::int64_t>(batches + 1)) {}

    void add(double value) {
        sum_ += value;
        if (++count_ < per_batch_) return;
        close(sum_ / static_cast<double>(count_));
        sum_ = 0;
        count_ = 0;
    }
    /// The value of a batch that was made elsewhere.
    void close(double mean) { means_.push_back(mean); }

    [[nodiscard]] Metric metric(std::string name, std::string unit) const {
        const auto end = static_cast<std::ptrdiff_t>(std::min(means_.size(), batches + 1));
        const MeanInterval of = mean_interval({means_.begin() + 1, means_.begin() + end}, 0.99);
        return {std::move(name), of.mean, std::move(unit), of.mean - of.half, of.mean + of.half};
    }

  private:
    std::int64_t per_batch_;
    std::int64_t count_ = 0;
    double sum_ = 0;
    std::vector<double> means_;
};

class KitMeter {
  public:
    KitMeter(QueueBench& bench, const QueueBenchParams& params)
        : params_(params),
          per_batch_(params.count / static_cast<std::int64_t>(batches + 1)),
          wait_(params.count),
          waits_(params.count),
          sojourn_(params.count),
          loss_(params.count),
          of_queue_{BatchMeans(queue_count(params, 0)), BatchMeans(queue_count(params, 1))} {
        bench.passed.listen<&KitMeter::passed>(*this);
        bench.lost.listen<&KitMeter::lost>(*this);
    }

    [[nodiscard]] Results results(std::uint64_t events) const;

  private:
    static std::int64_t queue_count(const QueueBenchParams& p, std::size_t queue) {
        if (!p.urgent) return p.count;
        const double share = queue == 0 ? p.urgent->value : 1 - p.urgent->value;
        // A little less than the mean, so that the last batch fills.
        return static_cast<std::int64_t>(static_cast<double>(p.count) * share * 0.995);
    }

    void passed(const QueueBench::Passed& fact) {
        const Visited& visit = fact.visit;
        const double wait = static_cast<double>(visit.served.start - visit.enter) / service;
        wait_.add(wait);
        waits_.add(visit.served.start > visit.enter ? 1 : 0);
        sojourn_.add(static_cast<double>(visit.served.leave - visit.enter) / service);
        loss_.add(0);
        of_queue_.at(fact.queue).add(wait);
        times_.add(visit.served.leave - visit.enter);
        batch_.add(visit.served.leave - visit.enter);
        if (static_cast<std::int64_t>(batch_.count()) >= per_batch_) {
            p50_.close(static_cast<double>(batch_.percentile(0.5)) / service);
            p99_.close(static_cast<double>(batch_.percentile(0.99)) / service);
            batch_ = Histogram();
        }
        if (!params_.urgent) come(visit.enter, visit.served.leave);
    }
    void lost(const QueueBench::Lost&) { loss_.add(1); }

    /// Counts who is inside, from arrivals and departures alone.
    void come(Picoseconds enter, Picoseconds leave) {
        while (!leaving_.empty() && leaving_.front() <= enter) go(leaving_.pop());
        integrate(enter);
        ++inside_;
        ++came_;
        leaving_.push(leave);
    }
    void go(Picoseconds t) {
        integrate(t);
        --inside_;
    }
    void integrate(Picoseconds t) {
        occupancy_ += static_cast<double>(t - last_) / service * static_cast<double>(inside_);
        last_ = t;
    }

    // parameters
    QueueBenchParams params_;
    std::int64_t per_batch_;

    // state
    BatchMeans wait_;
    BatchMeans waits_;
    BatchMeans sojourn_;
    BatchMeans loss_;
    std::array<BatchMeans, 2> of_queue_;
    BatchMeans p50_{0};
    BatchMeans p99_{0};
    Histogram times_;
    Histogram batch_;
    Ring<Picoseconds> leaving_;
    Picoseconds last_ = 0;
    std::int64_t inside_ = 0;
    std::uint64_t came_ = 0;
    double occupancy_ = 0;
};

Metric plain(std::string name, double value, std::string unit) {
    return {std::move(name), value, std::move(unit), value, value};
}

Results KitMeter::results(std::uint64_t events) const {
    Results results;
    results.scenario = "kit";
    auto& out = results.summary;
    out.push_back(wait_.metric("wait.mean", "services"));
    out.push_back(waits_.metric("wait.probability", ""));
    out.push_back(sojourn_.metric("sojourn.mean", "services"));
    const auto percentile = [&](const char* name, const BatchMeans& of, double q) {
        Metric metric = of.metric(name, "services");
        metric.value = static_cast<double>(times_.percentile(q)) / service;
        out.push_back(metric);
    };
    percentile("sojourn.p50", p50_, 0.5);
    percentile("sojourn.p99", p99_, 0.99);
    if (params_.capacity > 0) out.push_back(loss_.metric("loss", ""));
    if (params_.urgent) {
        out.push_back(of_queue_[0].metric("urgent.wait.mean", "services"));
        out.push_back(of_queue_[1].metric("other.wait.mean", "services"));
    } else {
        const double time = static_cast<double>(last_) / service;
        out.push_back(plain("arrival.rate", static_cast<double>(came_) / time, "1/service"));
        out.push_back(plain("occupancy.mean", occupancy_ / time, ""));
        // Of all frames, the first batch included: what Little's law speaks of.
        out.push_back(plain("sojourn.mean.all", times_.mean() / service, "services"));
    }
    out.push_back(plain("sim.events", static_cast<double>(events), ""));
    return results;
}

}  // namespace

Results run_kit(const QueueBenchParams& params, std::uint64_t seed) {
    QueueBench bench("bench", params, seed);
    KitMeter meter(bench, params);
    bench.run();
    Results results = meter.results(bench.events());
    results.seed = static_cast<std::int64_t>(seed);
    return results;
}

}  // namespace snsim

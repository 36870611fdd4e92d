// labels: law
//
// Queues whose waits are known in closed form, run through the stations of models/base.
//
// Each case discards a first batch and compares the mean wait of the rest with the formula: the
// 99 % interval of 30 batch means (Student's t, 29 degrees of freedom) must contain it, and the
// mean must be within 2 %. Arrivals per case: 10^6 at 50 % load, 5 x 10^6 at 80 %, 3 x 10^7 at 95
// %. The seed is fixed, and each case has streams of its own. Arrivals fall on whole picoseconds of
// a service of 1 us, so rounding shifts a wait by less than 10^-6 of it.
#include <cmath>
#include <gtest/gtest.h>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "models/base/random.h"
#include "models/base/servers.h"

namespace snsim {
namespace {

constexpr double service_ps = 1e6;
constexpr std::size_t batches = 30;
constexpr double t_99 = 2.756;  // Student's t, 29 degrees of freedom

enum class Law { deterministic, exponential };

std::uint64_t arrivals_for(double load) {
    if (load < 0.6) return 1'000'000;
    return load < 0.9 ? 5'000'000 : 30'000'000;
}

struct Result {
    double mean = 0;  ///< wait in service times
    double half_width = 0;
};

/// The waits of one run, in batches.
class Waits {
  public:
    explicit Waits(std::uint64_t arrivals) : per_batch_(arrivals / (batches + 1)) {}
    void on_visited(const Visited& fact) {
        sum_ += static_cast<double>(fact.served.start - fact.enter);
        if (++count_ < per_batch_) return;
        means_.push_back(sum_ / static_cast<double>(count_) / service_ps);
        sum_ = 0;
        count_ = 0;
    }
    [[nodiscard]] Result result() const {
        EXPECT_GE(means_.size(), batches + 1);
        Result r;
        for (std::size_t i = 1; i <= batches; ++i) r.mean += means_[i] / batches;
        double squares = 0;
        for (std::size_t i = 1; i <= batches; ++i) {
            squares += (means_[i] - r.mean) * (means_[i] - r.mean);
        }
        r.half_width = t_99 * std::sqrt(squares / (batches - 1) / batches);
        return r;
    }

  private:
    std::uint64_t per_batch_;
    std::uint64_t count_ = 0;
    double sum_ = 0;
    std::vector<double> means_;
};

template <class Queue>
Result simulate(Queue& queue, std::uint32_t servers, double load, Law arrival, Law service) {
    const std::uint64_t arrivals = arrivals_for(load);
    Waits waits(arrivals);
    queue.station.tally.visited.template listen<&Waits::on_visited>(waits);
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    RandomStream gaps(1, name + ".gaps");
    RandomStream services(1, name + ".services");
    const double mean_gap = service_ps / load / servers;
    const auto frame = std::make_unique<Frame>();
    double t = 0;
    for (std::uint64_t i = 0; i < arrivals; ++i) {
        t += arrival == Law::exponential ? gaps.exponential() * mean_gap : mean_gap;
        const double s =
            service == Law::exponential ? services.exponential() * service_ps : service_ps;
        frame->reset();
        queue.pass(*frame, static_cast<Picoseconds>(t), {static_cast<Picoseconds>(s + 0.5), 0, 1},
                   0);
    }
    return waits.result();
}

void expect_law(const Result& r, double wait) {
    std::cout << "wait " << r.mean << " +- " << r.half_width << ", formula " << wait << "\n";
    EXPECT_NEAR(r.mean, wait, r.half_width) << "outside the 99 % interval";
    EXPECT_NEAR(r.mean / wait, 1.0, 0.02);
    EXPECT_LT(r.half_width / wait, 0.04) << "the interval is too wide to tell";
}

void expect_single(double load, Law service) {
    FifoServer server("server", 0);
    const double wait = load / (1 - load) * (service == Law::deterministic ? 0.5 : 1.0);
    expect_law(simulate(server, 1, load, Law::exponential, service), wait);
}

/// Erlang C: the share of arrivals that wait, A the offered load in servers.
double erlang_c(std::uint32_t servers, double load) {
    const double a = load * servers;
    double term = 1;
    double sum = 0;
    for (std::uint32_t k = 0; k < servers; ++k) {
        sum += term;
        term *= a / (k + 1);
    }
    const double wait = term / (1 - load);
    return wait / (sum + wait);
}

/// Crommelin's mean wait of M/D/c in service times.
double crommelin(std::uint32_t servers, double load) {
    double wait = 0;
    for (int i = 1; i < 20'000; ++i) {
        const double a = static_cast<double>(i) * servers * load;
        const double first = static_cast<double>(i) * servers;
        double term = std::exp(first * std::log(a) - a - std::lgamma(first + 1));
        const double head = term;
        double tail = 0;
        for (double j = first; term > 1e-17 * (tail + 1e-300); ++j) {
            tail += term;
            term *= a / (j + 1);
        }
        const double part = tail - (tail - head) / load;
        wait += part;
        if (std::abs(part) < 1e-13) break;
    }
    return wait;
}

void expect_pool(std::uint32_t engines, double load, Law service) {
    EnginePool pool("pool", 0, engines);
    const double wait = service == Law::exponential
                            ? erlang_c(engines, load) / (engines * (1 - load))
                            : crommelin(engines, load);
    expect_law(simulate(pool, engines, load, Law::exponential, service), wait);
}

TEST(SingleServer, WaitsAsMD1At50Percent) { expect_single(0.50, Law::deterministic); }
TEST(SingleServer, WaitsAsMD1At80Percent) { expect_single(0.80, Law::deterministic); }
TEST(SingleServer, WaitsAsMD1At95Percent) { expect_single(0.95, Law::deterministic); }
TEST(SingleServer, WaitsAsMM1At50Percent) { expect_single(0.50, Law::exponential); }
TEST(SingleServer, WaitsAsMM1At80Percent) { expect_single(0.80, Law::exponential); }
TEST(SingleServer, WaitsAsMM1At95Percent) { expect_single(0.95, Law::exponential); }

TEST(EnginePool, WaitsAsErlangCSaysAt50Percent) { expect_pool(4, 0.50, Law::exponential); }
TEST(EnginePool, WaitsAsErlangCSaysAt80Percent) { expect_pool(4, 0.80, Law::exponential); }
TEST(EnginePool, WaitsAsErlangCSaysAt95Percent) { expect_pool(4, 0.95, Law::exponential); }
TEST(EnginePool, WaitsAsMDcAt80Percent) { expect_pool(4, 0.80, Law::deterministic); }
TEST(EnginePool, WaitsAsMDcAt95Percent) { expect_pool(8, 0.95, Law::deterministic); }

TEST(SingleServer, NeverWaitsWhenBothAreDeterministicBelowFullLoad) {
    FifoServer server("server", 0);
    const Result r = simulate(server, 1, 0.95, Law::deterministic, Law::deterministic);
    EXPECT_LT(r.mean, 1e-6);
}

TEST(EnginePool, OfOneEngineIsASingleServer) {
    EnginePool pool("pool", 0, 1);
    FifoServer server("server", 0);
    const Result a = simulate(pool, 1, 0.50, Law::exponential, Law::exponential);
    const Result b = simulate(server, 1, 0.50, Law::exponential, Law::exponential);
    EXPECT_EQ(a.mean, b.mean);
}

}  // namespace
}  // namespace snsim

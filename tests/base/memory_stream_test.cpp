// labels: timing
#include "models/base/memory_stream.h"

#include <gtest/gtest.h>
#include <stdexcept>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <vector>

#include "tests/support/bench.h"

namespace snsim {
namespace {

struct Mark {
    int number = 0;
};

class Asker : public sc_core::sc_module {
  public:
    Asker(const sc_core::sc_module_name& name, Agenda& agenda)
        : sc_module(name), out("out", agenda, payload_function<&Asker::answered, Asker>(), this) {}
    void ask(std::uint64_t address, Picoseconds t) {
        out.request(pool.take(tlm::TLM_READ_COMMAND, address, 64), t);
    }
    MemoryOut out;
    PayloadPool<Mark> pool;
    std::vector<std::pair<std::uint64_t, Picoseconds>> answers;

  private:
    void answered(Payload& payload, Picoseconds t) {
        EXPECT_TRUE(payload.is_response_ok());
        answers.emplace_back(payload.get_address(), t);
        payload.release();
    }
};

class Answerer : public sc_core::sc_module {
  public:
    Answerer(const sc_core::sc_module_name& name, Agenda& agenda)
        : sc_module(name), in("in", agenda, payload_function<&Answerer::asked, Answerer>(), this) {}
    MemoryIn in;
    bool at_once = true;
    std::vector<Payload*> held;

  private:
    void asked(Payload& payload, Picoseconds t) {
        if (at_once) {
            in.respond(payload, t + 500);
        } else {
            held.push_back(&payload);
        }
    }
};

/// Any TLM-2.0 component: passes everything on, and counts.
class Monitor : public sc_core::sc_module {
  public:
    explicit Monitor(const sc_core::sc_module_name& name)
        : sc_module(name), target("target"), initiator("initiator") {
        target.register_nb_transport_fw(this, &Monitor::forward);
        initiator.register_nb_transport_bw(this, &Monitor::backward);
    }
    tlm_utils::simple_target_socket<Monitor, 64> target;
    tlm_utils::simple_initiator_socket<Monitor, 64> initiator;
    std::vector<tlm::tlm_phase> phases;

  private:
    tlm::tlm_sync_enum forward(Payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay) {
        phases.push_back(phase);
        return initiator->nb_transport_fw(payload, phase, delay);
    }
    tlm::tlm_sync_enum backward(Payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay) {
        phases.push_back(phase);
        return target->nb_transport_bw(payload, phase, delay);
    }
};

TEST(MemoryStream, CarriesRequestsAndAnswersWithTheirTimes) {
    Bench bench;
    Asker asker("asker", bench.agenda);
    Answerer answerer("answerer", bench.agenda);
    asker.out.bind(answerer.in);
    bench.at(1000, [&] {
        asker.ask(0x40, 1000);
        asker.ask(0x80, 3'600'000'000'000'123);  // an hour ahead
    });
    bench.run_until(2000);
    ASSERT_EQ(asker.answers.size(), 2U);
    EXPECT_EQ(asker.answers[0], std::make_pair(std::uint64_t{0x40}, Picoseconds{1500}));
    EXPECT_EQ(asker.answers[1].second, 3'600'000'000'000'623);
}

TEST(MemoryStream, SaysTheSameThroughAnotherTlmComponent) {
    Bench bench;
    Asker asker("asker", bench.agenda);
    Answerer answerer("answerer", bench.agenda);
    Monitor monitor("monitor");
    asker.out.bind(monitor.target);
    monitor.initiator.bind(answerer.in);
    bench.at(1000, [&] { asker.ask(0x40, 1234); });
    bench.at(2000, [&] { answerer.at_once = false; });
    bench.at(3000, [&] { asker.ask(0x80, 3000); });
    bench.at(4000, [&] { answerer.in.respond(*answerer.held.at(0), 4100); });
    bench.run_until(5000);
    ASSERT_EQ(asker.answers.size(), 2U);
    EXPECT_EQ(asker.answers[0].second, 1734);
    EXPECT_EQ(asker.answers[1].second, 4100);
    ASSERT_EQ(monitor.phases.size(), 4U);
    EXPECT_EQ(monitor.phases[0], tlm::BEGIN_REQ);
    EXPECT_EQ(monitor.phases[1], tlm::BEGIN_RESP);
    EXPECT_EQ(monitor.phases[2], tlm::BEGIN_REQ);
    EXPECT_EQ(monitor.phases[3], tlm::BEGIN_RESP);
}

TEST(MemoryStream, UsesTransactionsAgainWithAFreshInfo) {
    PayloadPool<Mark> pool;
    Payload& first = pool.take(tlm::TLM_WRITE_COMMAND, 0x1000, 64);
    info_of<Mark>(first).number = 7;
    EXPECT_EQ(pool.live(), 1U);
    first.release();
    EXPECT_EQ(pool.live(), 0U);
    Payload& again = pool.take(tlm::TLM_READ_COMMAND, 0x2000, 8);
    EXPECT_EQ(&again, &first);
    EXPECT_EQ(info_of<Mark>(again).number, 0);
    EXPECT_EQ(again.get_address(), 0x2000U);
    again.acquire();
    again.release();
    EXPECT_EQ(pool.live(), 1U) << "whoever holds a transaction keeps it";
    again.release();
}

TEST(MemoryStream, HasNeitherBlockingTransportNorDirectMemory) {
    Bench bench;
    Asker asker("asker", bench.agenda);
    Answerer answerer("answerer", bench.agenda);
    asker.out.bind(answerer.in);
    bench.run_until(1);
    Payload& payload = asker.pool.take(tlm::TLM_READ_COMMAND, 0, 64);
    sc_core::sc_time delay;
    tlm::tlm_dmi dmi;
    EXPECT_THROW(asker.out->b_transport(payload, delay), std::logic_error);
    EXPECT_FALSE(asker.out->get_direct_mem_ptr(payload, dmi));
    EXPECT_EQ(asker.out->transport_dbg(payload), 0U);
    payload.release();
}

}  // namespace
}  // namespace snsim

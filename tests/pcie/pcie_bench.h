// A link with somebody to ask at either end, and a listener to both ends that knows the rules.
#pragma once

#include <functional>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <vector>

#include "models/base/memory_stream.h"
#include "models/pcie/pcie_link.h"
#include "tests/support/bench.h"

namespace snsim {

/// Gen3 x8 with round numbers: see byte_time() for what a byte takes.
inline LinkParams plain_link() {
    auto link = defaults<LinkParams>();
    link.lanes = 8;
    link.dll = DllMode::guideline;
    return link;
}

/// Asks, and remembers what was answered when.
class Requester : public sc_core::sc_module {
  public:
    struct Answer {
        std::uint64_t address;
        Picoseconds t;
        bool read;
    };

    Requester(const sc_core::sc_module_name& name, Agenda& agenda)
        : sc_module(name),
          out("out", agenda, payload_function<&Requester::answered, Requester>(), this) {}

    Payload& make(tlm::tlm_command command, std::uint64_t address, std::uint32_t bytes) {
        return pool.take(command, address, bytes);
    }
    void ask(Payload& payload, Picoseconds t) {
        if (on_ask) on_ask(payload, t);
        out.request(payload, t);
    }
    void read(std::uint64_t address, std::uint32_t bytes, Picoseconds t) {
        ask(make(tlm::TLM_READ_COMMAND, address, bytes), t);
    }
    void write(std::uint64_t address, std::uint32_t bytes, Picoseconds t) {
        ask(make(tlm::TLM_WRITE_COMMAND, address, bytes), t);
    }

    MemoryOut out;
    PayloadPool<PcieRequest> pool;
    std::function<void(const Payload&, Picoseconds)> on_ask;  ///< sees each request first
    std::vector<Answer> answers;

  private:
    void answered(Payload& payload, Picoseconds t) {
        answers.push_back({payload.get_address(), t, payload.is_read()});
        payload.release();
    }
};

/// Answers each request after a fixed time, and remembers what came when.
class Responder : public sc_core::sc_module {
  public:
    Responder(const sc_core::sc_module_name& name, Agenda& agenda, Picoseconds after)
        : sc_module(name),
          in("in", agenda, payload_function<&Responder::asked, Responder>(), this),
          latency(after) {}

    MemoryIn in;
    Picoseconds latency;
    std::function<void(Payload&, Picoseconds)> on_request;  ///< sees each request first
    struct Request {
        std::uint64_t address;
        Picoseconds t;
        bool read;
    };
    std::vector<Request> requests;

  private:
    void asked(Payload& payload, Picoseconds t) {
        requests.push_back({payload.get_address(), t, payload.is_read()});
        if (on_request) on_request(payload, t);
        in.respond(payload, t + latency);
    }
};

/// Listens to both ends of a direction: nothing is lost, made up or changed on the way, and no TLP
/// overtakes what PCIe Base 5.0, 2.4.1 forbids it to.
class ProtocolChecker {
  public:
    explicit ProtocolChecker(LinkDirection& direction) {
        direction.tlp_sent.listen<&ProtocolChecker::sent>(*this);
        direction.tlp_received.listen<&ProtocolChecker::received>(*this);
    }
    ProtocolChecker(const ProtocolChecker&) = delete;
    ProtocolChecker& operator=(const ProtocolChecker&) = delete;

    /// A transaction was handed over at t.
    void offered(const Payload& payload, PcieFlow flow, Picoseconds t, bool relaxed = false) {
        offers_.push_back({&payload, flow, t, relaxed, false});
    }

    std::vector<TlpFact> starts;
    std::vector<TlpFact> arrivals;

  private:
    struct Offer {
        const void* transaction;
        PcieFlow flow;
        Picoseconds t;
        bool relaxed;
        bool begun;
    };

    void sent(const TlpFact& fact) {
        if (!starts.empty()) {
            EXPECT_GE(fact.t, starts.back().t) << "TLPs start in order";
        }
        starts.push_back(fact);
        for (Offer& offer : offers_) {
            if (offer.transaction != fact.transaction || offer.flow != fact.flow) continue;
            EXPECT_GE(fact.t, offer.t) << "a TLP was sent before it was handed over";
            if (!offer.begun) check_order(offer);
            offer.begun = true;
        }
    }
    void received(const TlpFact& fact) {
        ASSERT_LT(arrivals.size(), starts.size());
        const TlpFact& start = starts[arrivals.size()];
        EXPECT_EQ(start.transaction, fact.transaction);
        EXPECT_EQ(start.address, fact.address);
        EXPECT_EQ(start.payload_bytes, fact.payload_bytes);
        EXPECT_GT(fact.t, start.t);
        arrivals.push_back(fact);
    }
    /// What was handed over earlier and has not begun yet was overtaken.
    void check_order(const Offer& offer) {
        for (const Offer& other : offers_) {
            if (other.begun || other.t >= offer.t || &other == &offer) continue;
            if (other.flow != PcieFlow::posted) continue;  // everything may pass the others
            EXPECT_TRUE(offer.relaxed && offer.flow == PcieFlow::completion)
                << "a TLP overtook a posted write";
        }
    }

    std::vector<Offer> offers_;
};

/// A card that asks and answers at one end of a link, a host at the other.
class LinkBench : public Bench {
  public:
    explicit LinkBench(const LinkParams& params = plain_link(),
                       const RootParams& root = defaults<RootParams>(),
                       Picoseconds host_latency = 200'000)
        : link("link", partition, params, {root.credits, completion_limit(root, params), 1}),
          card("card", agenda),
          registers("registers", agenda, 50'000),
          host("host", agenda, host_latency),
          cores("cores", agenda),
          up(link.up),
          down(link.down),
          byte_(Bytes{1} / link.up.rate()),
          latency(params.latency.value) {
        card.out.bind(link.device->in);
        link.device->out.bind(registers.in);
        link.host->out.bind(host.in);
        cores.out.bind(link.host->in);
        card.on_ask = [this](const Payload& payload, Picoseconds t) {
            up.offered(payload, payload.is_read() ? PcieFlow::non_posted : PcieFlow::posted, t);
        };
    }

    /// What so many bytes take on the link.
    [[nodiscard]] Picoseconds bytes(std::uint64_t count) const { return (byte_ * count).ps; }

    PcieLink link;
    Requester card;
    Responder registers;
    Responder host;
    Requester cores;
    ProtocolChecker up;
    ProtocolChecker down;

  private:
    UnitTime byte_;

  public:
    Picoseconds latency;
};

}  // namespace snsim

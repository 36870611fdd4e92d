#include "models/nic/nic.h"

namespace snsim {

namespace {

std::deque<NicFunction> build(const std::vector<NicFunction::Identity>& identities,
                              const NicParams& params) {
    std::deque<NicFunction> functions;
    for (const NicFunction::Identity& identity : identities) {
        functions.emplace_back(static_cast<std::uint16_t>(functions.size()), identity, params);
    }
    return functions;
}

}  // namespace

Nic::Nic(const sc_core::sc_module_name& name, Partition& partition, const NicParams& params,
         const std::vector<NicFunction::Identity>& functions,
         const std::vector<Transmitter::Share>& shares, const Transmitter::Slots& slots,
         Duration credit_latency, std::uint32_t read_limit)
    : sc_module(name),
      functions_(build(functions, params)),
      rx("rx", partition, params, functions_, credit_latency),
      tx("tx", partition, params, functions_, shares, slots, read_limit),
      registers("registers", partition, params.doorbell_latency, functions_, *this) {}

void Nic::detach(std::uint16_t function) {
    functions_[function].reset();
    functions_[function].attached = false;
}

void Nic::attach(std::uint16_t function, std::uint16_t queues) {
    functions_[function].owner.queues = queues;
    functions_[function].reset();
    functions_[function].attached = true;
}

void Nic::doorbell(NicQueue& queue, const Doorbell& doorbell, Picoseconds t) {
    bool taken = true;
    switch (doorbell.ring) {
        case RingKind::rx: taken = rx.ring(queue, doorbell.index, t); break;
        case RingKind::rx_completion:
            taken = !doorbell.arm || rx.completion.arm(queue, doorbell.index, t);
            break;
        case RingKind::tx: taken = tx.ring(queue, doorbell.index, t); break;
        case RingKind::tx_completion:
            taken = !doorbell.arm || tx.completion.arm(queue, doorbell.index, t);
            break;
    }
    if (!taken) registers.refuse_doorbell(queue, doorbell, t);
}

}  // namespace snsim

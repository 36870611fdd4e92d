#include "models/host/interrupt_controller.h"

#include "models/protocols/byte_order.h"

namespace snsim {

InterruptController::InterruptController(const sc_core::sc_module_name& name, Partition& partition,
                                         Processor& processor)
    : sc_module(name),
      from_root("from_root", partition.agenda,
                payload_function<&InterruptController::raised, InterruptController>(), this),
      processor_(processor) {}

MsixMessage InterruptController::connect(Task& handler, std::uint32_t core) {
    SNSIM_CHECK(core < processor_.cores(), "an interrupt is meant for a core that is not there");
    handlers_.push_back(&handler);
    return MsixMessage::to(core, static_cast<std::uint32_t>(handlers_.size() - 1));
}

void InterruptController::raised(Payload& payload, Picoseconds t) {
    const std::uint8_t* const bytes = payload.get_data_ptr();
    SNSIM_CHECK(bytes != nullptr && payload.get_data_length() == 4, "an interrupt has no vector");
    const MsixMessage message{payload.get_address(), load_le32(bytes)};
    interrupts.count(t);
    if (message.well_formed() && message.core() < processor_.cores() &&
        message.data < handlers_.size()) {
        processor_.core(message.core()).wake(*handlers_[message.data], Task::Level::interrupt, t);
    } else {
        ++spurious_;
        faults({t, info_of<PcieRequest>(payload).function, HostFault::spurious_interrupt});
    }
    from_root.respond(payload, t);
}

}  // namespace snsim

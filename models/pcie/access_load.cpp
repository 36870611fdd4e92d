#include "models/pcie/access_load.h"

namespace snsim {

AccessLoad::AccessLoad(const sc_core::sc_module_name& name, Partition& partition,
                       const Settings& settings)
    : sc_module(name),
      to_dma("to_dma", partition.agenda, payload_function<&AccessLoad::answered, AccessLoad>(),
             this),
      settings_(settings),
      spacing_(static_cast<std::uint64_t>(
          settings.access.spacing.value_or(Bytes{(settings.access.size.value + 63) / 64 * 64})
              .value)),
      places_(static_cast<std::uint64_t>(settings.access.window.value) / spacing_),
      block_(partition.agenda.add_block(this->name())),
      wake_(partition.agenda, block_, wake_handler<&AccessLoad::begin, AccessLoad>(), this),
      random_(settings.seed, this->name()),
      slots_(static_cast<std::size_t>(settings.access.outstanding)) {}

void AccessLoad::start_of_simulation() { wake_.at(settings_.start, Phase::control); }

void AccessLoad::begin() {
    for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) issue(slot, settings_.start);
}

std::uint64_t AccessLoad::next_place() {
    if (settings_.access.order == AccessOrder::random) return random_.below(places_);
    const std::uint64_t place = place_;
    place_ = place_ + 1 == places_ ? 0 : place_ + 1;
    return place;
}

void AccessLoad::issue(std::uint32_t index, Picoseconds t) {
    if (t >= settings_.stop) return;
    Slot& slot = slots_[index];
    slot.address = settings_.address + next_place() * spacing_;
    slot.issued = t;
    const AccessOperation operation = settings_.access.operation;
    if (operation == AccessOperation::write_then_read) {
        slot.waits_for = 2;
        ask(index, false, t);
        ask(index, true, t);
        return;
    }
    slot.waits_for = 1;
    const bool read = operation == AccessOperation::read ||
                      (operation == AccessOperation::read_write && ++slot.turn % 2 == 1);
    ask(index, read, t);
}

void AccessLoad::ask(std::uint32_t slot, bool read, Picoseconds t) {
    Payload& payload =
        payloads_.take(read ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND, slots_[slot].address,
                       static_cast<std::uint32_t>(settings_.access.size.value));
    auto& info = info_of<PcieRequest>(payload);
    info.function = static_cast<std::uint16_t>(settings_.access.function);
    info.direct = settings_.access.direct;
    info.user = slot;
    to_dma.request(payload, t);
}

/// An access is done when its last answer is there: a read follows a write on the bus. One that was
/// refused is not, where that is known by then.
void AccessLoad::answered(Payload& payload, Picoseconds t) {
    const std::uint32_t index = info_of<PcieRequest>(payload).user;
    const bool blocked = info_of<PcieRequest>(payload).blocked;
    const bool read = payload.is_read();
    const std::uint32_t bytes = payload.get_data_length();
    payload.release();
    Slot& slot = slots_[index];
    if (--slot.waits_for > 0) return;
    const bool both = settings_.access.operation == AccessOperation::write_then_read;
    if (!blocked) {
        done(
            {settings_.traffic_class, slot.issued, t, read ? bytes : 0, !read || both ? bytes : 0});
    }
    issue(index, t);
}

}  // namespace snsim

#include "models/host/interface.h"

#include <algorithm>

namespace snsim {

HostInterface::HostInterface(const sc_core::sc_module_name& name, const HostParts& host,
                             const Settings& settings, const DriverParams& params)
    : sc_module(name),
      outbox(host.partition, this->name()),
      host_(host),
      settings_(settings),
      params_(params) {
    if (params.driver == Driver::sink) {
        ring_sender_ = std::make_unique<RingSender>(
            host.partition, outbox, host.processor.registers,
            BarAddress{settings.function, nic_bar::registers, 0}.address(), params_);
    }
    const std::uint16_t most = std::max(settings.queues, settings.most_queues);
    for (std::uint16_t queue = 0; queue < most; ++queue) build_queue(queue);
    outbox.use(settings.queues);
}

void HostInterface::build_queue(std::uint16_t queue) {
    const bool closed = settings_.closed || queue >= settings_.queues;
    const std::uint32_t entries = closed ? 0 : settings_.ring;
    rings_.emplace_back(host_.memory, host_.path,
                        QueueLayout{settings_.function, queue, entries, settings_.receive_buffer},
                        QueueLayout{settings_.function, queue, entries, settings_.buffer,
                                    settings_.most_pieces, settings_.vlan});
    const QueueContext context{rings_.back().rx,
                               rings_.back().tx,
                               host_.processor.registers,
                               BarAddress{settings_.function, nic_bar::registers, 0}.address(),
                               host_.path,
                               host_.costs,
                               params_,
                               settings_.next_hops,
                               settings_.number};
    const auto core_of = [&](std::int64_t first) -> Core& {
        return host_.processor.core(static_cast<std::size_t>(first + queue) %
                                    host_.processor.cores());
    };
    Core& core = core_of(params_.core);
    switch (params_.driver) {
        case Driver::sink:
            sinks_.push_back(std::make_unique<SinkDriver>(context));
            ring_sender_->add_ring(rings_.back().tx);
            break;
        case Driver::poll:
            pollers_.push_back(std::make_unique<PollDriver>(context, core, outbox));
            break;
        case Driver::interrupt:
            build_kernel(context, core, core_of(params_.application_core.value_or(params_.core)));
            break;
    }
}

void HostInterface::build_kernel(const QueueContext& context, Core& core, Core& application) {
    transmit_.push_back(std::make_unique<KernelTransmit>(context));
    KernelTransmit& transmit = *transmit_.back();
    sockets_.push_back(std::make_unique<Socket>(host_.path, packets_, host_.costs, params_,
                                                host_.cache, transmit, application,
                                                settings_.number));
    kernel_.push_back(std::make_unique<KernelDriver>(context, core, packets_, *sockets_.back()));
    senders_.push_back(
        std::make_unique<KernelSender>(transmit, outbox, host_.costs, params_, application));
    kernel_.back()->set_sender(*senders_.back());
    vectors_.push_back(host_.interrupts.connect(kernel_.back()->handler(), core.index()));
}

void HostInterface::set_up_ring(const SetUp& write, std::uint16_t queue, RingKind kind,
                                std::uint64_t base) {
    const std::uint32_t at = ring_registers(queue, kind);
    const auto set = [&](std::uint32_t offset, std::uint64_t value) {
        write({settings_.function, nic_bar::registers, at + offset},
              static_cast<std::uint32_t>(value));
    };
    set(ring_register::base, base & 0xffffffff);
    set(ring_register::base + 4, base >> 32);
    set(ring_register::vector, queue);
    set(ring_register::frames, settings_.moderation_frames);
    set(ring_register::time_ns, static_cast<std::uint64_t>(settings_.moderation_time.value / 1000));
    set(ring_register::entries, settings_.ring);
}

void HostInterface::close(Picoseconds t) {
    for (Rings& rings : rings_) {
        rings.rx.close(t);
        rings.tx.close(t);
    }
    for (auto& poller : pollers_) poller->stop(t);
}

void HostInterface::open(const Settings& settings) {
    settings_ = settings;
    outbox.use(settings.queues);
    for (std::uint16_t queue = 0; queue < settings_.queues; ++queue) {
        rings_[queue].rx.open(settings_.ring);
        rings_[queue].tx.open(settings_.ring);
    }
}

void HostInterface::moderate(const SetUp& write, std::uint32_t frames, Duration time) {
    settings_.moderation_frames = frames;
    settings_.moderation_time = time;
    for (std::uint16_t queue = 0; queue < settings_.queues; ++queue) {
        const std::uint32_t at = ring_registers(queue, RingKind::rx_completion);
        write({settings_.function, nic_bar::registers, at + ring_register::frames}, frames);
        write({settings_.function, nic_bar::registers, at + ring_register::time_ns},
              static_cast<std::uint32_t>(time.value / 1000));
    }
}

void HostInterface::set_up(const SetUp& write, Picoseconds t) {
    constexpr std::uint32_t vector_bytes = 16;
    for (std::size_t i = 0; i < vectors_.size(); ++i) {
        const std::uint64_t address = vectors_[i].address;
        const std::uint32_t words[] = {static_cast<std::uint32_t>(address),
                                       static_cast<std::uint32_t>(address >> 32), vectors_[i].data,
                                       0};
        std::uint32_t offset = static_cast<std::uint32_t>(i) * vector_bytes;
        for (const std::uint32_t word : words) {
            write({settings_.function, nic_bar::msix, offset}, word);
            offset += 4;
        }
    }
    for (std::uint16_t queue = 0; queue < settings_.queues; ++queue) {
        Rings& rings = rings_[queue];
        set_up_ring(write, queue, RingKind::rx, rings.rx.descriptors());
        set_up_ring(write, queue, RingKind::rx_completion, rings.rx.completions());
        set_up_ring(write, queue, RingKind::tx, rings.tx.descriptors());
        set_up_ring(write, queue, RingKind::tx_completion, rings.tx.completions());
    }
    const auto ring = [&](const Doorbell& doorbell) {
        write({settings_.function, nic_bar::registers, doorbell.offset()}, doorbell.value());
    };
    for (Rings& rings : rings_) {
        if (!rings.rx.is_open()) continue;
        rings.rx.post(rings.rx.unused());
        ring(rings.rx.descriptors_doorbell());
        if (params_.driver != Driver::interrupt) continue;
        ring(rings.rx.completions_doorbell(true));
        ring(rings.tx.completions_doorbell(true));
    }
    write({settings_.function, nic_bar::registers, nic_bar::control},
          nic_bar::control_enable | (settings_.lro ? nic_bar::control_lro : 0));
    for (std::size_t i = 0; i < pollers_.size() && i < settings_.queues; ++i) pollers_[i]->start(t);
    outbox.start();
}

}  // namespace snsim
